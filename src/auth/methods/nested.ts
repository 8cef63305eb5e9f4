import { BASE_ERROR_CODES } from "@better-auth/core/error";
import { APIError } from "better-auth/api";

type Given = { method?: string; body?: object | undefined; query?: object };
type Answer = Record<string, unknown>;

/**
 * Calls one of better-auth's endpoints inside another one: same request, same session, and its cookies go out with the
 * outer one's. @returns its answer.
 */
export async function inside(outer: { responseHeaders: Headers }, endpoint: unknown, given: Given): Promise<Answer> {
  const call = endpoint as (context: object) => Promise<{ headers: Headers; response: Answer }>;
  const { headers, response } = await call({ ...outer, ...given, asResponse: false, returnHeaders: true });
  for (const cookie of headers.getSetCookie()) outer.responseHeaders.append("set-cookie", cookie);
  return response;
}

/** The refusal of a mailed link that is spent, expired, or never was. */
export const invalidToken = () => APIError.from("BAD_REQUEST", BASE_ERROR_CODES.INVALID_TOKEN);
