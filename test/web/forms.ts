import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";

/** Sends a form as a browser does. @param fields by name, or as they go over the wire: `name=Ada&role.admin=on`. */
export const sendForm = (
  who: Actor,
  path: string,
  fields: string | Readonly<Record<string, string>> = "",
  headers: Record<string, string> = {},
): Promise<Answer> =>
  who.request("POST", path, {
    body: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

/** The cookies that a browser has after an answer, as it sends them. */
export const kept = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .filter((cookie) => !/max-age=0/i.test(cookie))
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
