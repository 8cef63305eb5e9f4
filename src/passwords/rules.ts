import { passwordLength } from "../core/sign-in.ts";
import { openBreachCheck } from "./breached.ts";
import { isCommon } from "./common.ts";
import { isPersonal, type Person } from "./personal.ts";

/** Why a password is refused, with better-auth's own code and words where it has them. */
export type PasswordFault = { code: string; message: string };

/** Says why nobody may have this password, or this person may not; null where they may. `null` is nobody in particular. */
export type PasswordRules = (password: string, person: Person | null) => Promise<PasswordFault | null>;

const faults = {
  short: { code: "PASSWORD_TOO_SHORT", message: "Password too short" },
  long: { code: "PASSWORD_TOO_LONG", message: "Password too long" },
  common: { code: "PASSWORD_TOO_COMMON", message: "This password is one of the most common ones. Choose another." },
  personal: {
    code: "PASSWORD_TOO_PERSONAL",
    message: "This password is made of your name or your e-mail address. Choose another.",
  },
  breached: {
    code: "PASSWORD_COMPROMISED",
    message: "This password was found in a data breach. Choose another.",
  },
} satisfies Record<string, PasswordFault>;

/** The codes of all that is wrong with a password. */
export const passwordFaults: readonly string[] = Object.values(faults).map(({ code }) => code);

type Options = { breachUrl: string | undefined; failed: (err: unknown) => void };

/** Opens the rules of new passwords. @param options.breachUrl a range API of breached ones; undefined asks none. */
export function openRules({ breachUrl, failed }: Options): PasswordRules {
  const breached = breachUrl === undefined ? null : openBreachCheck({ url: breachUrl, failed });
  return async (password, person) => {
    if (password.length < passwordLength.min) return faults.short;
    if (password.length > passwordLength.max) return faults.long;
    if (isCommon(password)) return faults.common;
    if (person !== null && isPersonal(password, person)) return faults.personal;
    return (await breached?.(password)) ? faults.breached : null;
  };
}
