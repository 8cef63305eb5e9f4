import { createOTP } from "@better-auth/utils/otp";
import type { Actor } from "./actor.ts";
import { clientOf } from "./answer.ts";
import type { Service } from "./app.ts";
import { cookieOf } from "./cookies.ts";
import { password } from "./people.ts";

export type Enrolled = {
  who: Actor;
  /** A code of the app that wasn't given before. */
  code: () => Promise<string>;
  backupCodes: string[];
  /** Of the session in which it was turned on. */
  cookie: string;
};

/**
 * An authenticator app that scanned this.
 *
 * @returns a code that is good now and wasn't given before; there are three at a time, and then it throws.
 */
export function authenticator(totpUri: string): () => Promise<string> {
  const codes = createOTP(fromBase32(new URL(totpUri).searchParams.get("secret") ?? ""));
  const given = new Set<number>();
  return async () => {
    const now = Math.floor(Date.now() / 30_000);
    const next = [now, now + 1, now - 1].find((each) => !given.has(each));
    if (next === undefined) throw new Error("every code that is good now was given already");
    given.add(next);
    return codes.hotp(next);
  };
}

/** Somebody who has shared a secret with an app, and hasn't turned it on yet. */
export async function begun(service: Service, verified = true): Promise<Omit<Enrolled, "cookie">> {
  const who = await service.signUp({ verified });
  const { body } = await who.post("/api/auth/two-factor/enable", { password });
  const { totpURI, backupCodes } = body as { totpURI: string; backupCodes: string[] };
  return { who, code: authenticator(totpURI), backupCodes };
}

/** Somebody with an authenticator app. @param verified whether their address is proven. */
export async function enrolled(service: Service, verified = true): Promise<Enrolled> {
  const given = await begun(service, verified);
  const on = await given.who.post("/api/auth/two-factor/verify-totp", { code: await given.code() });
  if (on.status !== 200) throw new Error(on.text);
  return { ...given, cookie: cookieOf(on.headers) };
}

/** Nobody in particular, with these cookies. */
export function holding({ anonymous }: Service, cookie: string): Actor {
  const request: Actor["request"] = (method, path, init = {}) =>
    anonymous.request(method, path, { ...init, headers: { ...init.headers, cookie } });
  return { ...anonymous, cookie, ...clientOf(request) };
}

/** RFC 4648 §6, back to the text that is shared. */
function fromBase32(text: string): string {
  let bits = "";
  for (const letter of text.replace(/=+$/, ""))
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join("");
}
