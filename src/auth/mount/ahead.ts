import { APIError } from "better-auth/api";
import { checkPassword, type GuardedPasswords } from "../guard/passwords.ts";
import { refuse } from "../guard/access-rules.ts";
import { sessionOf } from "../guard/session.ts";
import type { Auth } from "../options.ts";
import { type PasswordUse, withAuthCall } from "../store/auth-call.ts";
import type { Call } from "./call.ts";

// What better-auth refuses by the form alone isn't counted, so it must not cost a hash.
const signUpForm = (auth: Auth) => auth.api.signUpEmail.options.body;

/**
 * Hashes or checks a password before the transaction of the route that takes it, and lets the routes that hash outside
 * of one do so themselves.
 */
export function hashedAhead(auth: Auth, passwords: GuardedPasswords) {
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    const { route, given, request } = call;
    if (route.hashes === undefined) return next();
    const signIn = route.guesses === "email" ? { guesser: "counted", address: String(given.email) } : {};
    const use: PasswordUse = { signal: request.signal, ...signIn, ...(route.sets ? { sets: route.sets } : {}) };
    const password = typeof given.password === "string" ? given.password : undefined;
    if (route.hashes === "ahead" && route.guesses === "session") {
      const session = await sessionOf(auth, request.headers);
      const checked = session && (await checkPassword(auth, session.user.id, password, request.signal));
      if (checked?.right === false) return refuse(400, "INVALID_PASSWORD", "Invalid password");
      if (checked) use.checked = checked;
    } else if (route.hashes === "ahead" && password !== undefined && signUpForm(auth).safeParse(given).success) {
      const { minPasswordLength, maxPasswordLength } = (await auth.$context).password.config;
      // better-auth refuses one of another length.
      if (password.length >= minPasswordLength && password.length <= maxPasswordLength) {
        const sets = { email: String(given.email), name: String(given.name) };
        const hash = await withAuthCall({ passwords: { ...use, sets } }, () => passwords.hash(password)).catch(refused);
        if (hash instanceof Response) return hash;
        use.hashed = { password, hash };
      }
    }
    return withAuthCall({ passwords: use }, next);
  };
}

/** The answer to a password that the rules refuse. @throws any other error. */
function refused(err: unknown): Response {
  const { code = "", message = "" } = err instanceof APIError ? (err.body ?? {}) : {};
  if (code === "") throw err;
  return refuse(400, code, message);
}
