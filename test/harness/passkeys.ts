import type { Actor } from "./actor.ts";
import type { Answer } from "./answer.ts";
import type { Service } from "./app.ts";
import { authenticator, type Authenticator } from "./authenticator.ts";
import { cookieOf } from "./cookies.ts";
import { holding } from "./two-factor.ts";

export const passkeyApi = "/api/auth/passkey";

type Asked = { who: Actor; body: { response: object; name?: string } };
type Given = Parameters<Authenticator["create"]>[1];

/** A device's answer to a request to make a passkey, in the browser of this session. */
export async function registration(
  service: Service,
  cookie: string,
  device: Authenticator,
  given?: Given,
): Promise<Asked> {
  const begun = await holding(service, cookie).get(`${passkeyApi}/generate-register-options`);
  const response = device.create(begun.body as { challenge: string }, given);
  return { who: holding(service, [cookie, cookieOf(begun.headers)].join("; ")), body: { response, name: "A key" } };
}

/** A device's answer to a request to sign in, in a browser without a session. */
export async function assertion(service: Service, device: Authenticator, given?: Given): Promise<Asked> {
  const begun = await service.anonymous.get(`${passkeyApi}/generate-authenticate-options`);
  const response = device.get(begun.body as { challenge: string }, given);
  return { who: holding(service, cookieOf(begun.headers)), body: { response } };
}

export async function register(service: Service, cookie: string, device: Authenticator): Promise<Answer> {
  const { who, body } = await registration(service, cookie, device);
  return who.post(`${passkeyApi}/verify-registration`, body);
}

/** Somebody with a passkey. */
export async function registered(service: Service): Promise<{ who: Actor; device: Authenticator; id: string }> {
  const [who, device] = [await service.signUp(), authenticator()];
  const { id } = (await register(service, who.cookie, device)).body as { id: string };
  return { who, device, id };
}
