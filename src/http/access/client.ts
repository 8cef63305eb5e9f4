import type { HonoRequest } from "hono";
import { isApiKey } from "../../core/api-key.ts";
import { Malformed, problem } from "../../core/problem.ts";

export const InvalidClient = problem("invalid_client", 401, "Client authentication failed");

/** The 401 for client credentials that are no good, with the challenge that RFC 6749 §5.2 asks for. */
export const invalidClient = (detail: string) => InvalidClient(detail, { headers: basicChallenge });

export const basicChallenge = { "WWW-Authenticate": 'Basic realm="gatehouse", charset="UTF-8"' };

/** What an OAuth client authenticates by: an API key's id, and the key. */
export type ClientCredentials = { id: string; secret: string };

/**
 * Reads a client's credentials (RFC 6749 §2.3.1): `client_secret_basic`, or `client_secret_post` in a form.
 *
 * @returns null where there are none; the secret has the form of a key, and isn't verified.
 * @throws 400 for more than one way at once, 401 for what can't be read or is no key.
 */
export async function clientCredentials(request: HonoRequest): Promise<ClientCredentials | null> {
  const authorization = request.header("authorization");
  const posted = isForm(request) ? inForm(await request.text()) : null;
  if (posted !== null && authorization !== undefined)
    throw Malformed("Authenticate the client in one way: by the Authorization header, or in the body.");
  const found = posted ?? inHeader(authorization);
  if (found !== null && !isApiKey(found.secret)) throw invalidClient(howTo);
  return found;
}

/** What a client should send. */
export const howTo =
  "Authenticate by an API key: its id as the client's id and the key as the secret, or the key as a Bearer token.";

const isForm = (request: HonoRequest): boolean =>
  /^application\/x-www-form-urlencoded *(;|$)/i.test(request.header("content-type") ?? "");

function inForm(text: string): ClientCredentials | null {
  const fields = new URLSearchParams(text);
  const [secret, ...others] = fields.getAll("client_secret");
  if (secret === undefined) return null;
  const [id = "", ...otherIds] = fields.getAll("client_id");
  if (others.length + otherIds.length > 0) throw Malformed("`client_id` and `client_secret` are sent once.");
  return { id, secret };
}

/** `Basic`, and base64 of `id:secret`, both encoded as a form's values are. */
function inHeader(authorization: string | undefined): ClientCredentials | null {
  const encoded = /^basic +(\S*)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon === -1) throw invalidClient(howTo);
  return { id: formDecoded(pair.slice(0, colon)), secret: formDecoded(pair.slice(colon + 1)) };
}

function formDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    throw invalidClient(howTo);
  }
}
