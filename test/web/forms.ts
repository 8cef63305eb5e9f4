import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";

/** Sends a form as a browser does. @param fields as they go over the wire: `name=Ada&role.admin=on`. */
export const sendForm = (
  who: Actor,
  path: string,
  fields: string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  who.request("POST", path, {
    body: fields,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
