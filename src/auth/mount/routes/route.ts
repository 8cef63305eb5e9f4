import type { z } from "zod";
import type { Method } from "../../../core/sign-in.ts";
import type { LimitRule } from "../../../core/rate-limit.ts";
import type { AccessRule } from "../../guard/access-rules.ts";
import type { FirstFactor, SecondFactor } from "../../store/began.ts";
import type { Whose } from "../../guard/new-password.ts";

/** What this service knows about one of better-auth's routes. A route that isn't in the table is answered 404. */
export type AuthRoute = {
  /** Answered 404. The text says what does it instead. */
  disabled?: string;
  /** What it does, in a few words. A route without isn't in the reference: no request succeeds at it here. */
  summary?: string;
  /** What its success answers. */
  answers?: z.ZodType;
  /** Its success, or another one, leads elsewhere. */
  redirects?: true;
  /** Takes no session. */
  open?: true;
  /** Query parameters that are whole numbers, 0 or more. better-auth ignores some that aren't. */
  counts?: readonly string[];
  /** Takes a form as well as JSON. */
  form?: true;
  /** Hashes a password. `ahead`: inside its transaction, so it is done before. */
  hashes?: true | "ahead";
  /** Sets a password, and whose. */
  sets?: Whose;
  /** Checks a password or a code: of the account with the body's address, or of the session's own account. */
  guesses?: "email" | "session";
  /** Mails the body's address, at most so often. */
  mails?: LimitRule;
  /** Answers after a multiple of so many milliseconds: how long it takes doesn't say whether an account exists. */
  evenMs?: number;
  /** Writes several rows without a transaction of its own: a refusal must leave none. */
  atomic?: true;
  /** Is tried once more where somebody else took the address meanwhile: then it is answered like any that is taken. */
  repeats?: true;
  /** Refused while impersonating. */
  oneself?: true;
  /** Answered 404 unless this way in is on. */
  method?: Method;
  /** Fields that have this value and no other. */
  fixed?: Readonly<Record<string, string>>;
  /** The codes of a 500 that are the client's fault: answered 400. */
  clientFaults?: readonly string[];
  /** A refusal that only says that there is an account, and the one that is answered in its place. */
  hides?: Readonly<Record<string, { status: number; code: string; message: string }>>;
  /** The codes that mean a wrong guess, beside any 401. */
  wrong?: readonly string[];
  /** Succeeds only where a provider is configured. */
  provider?: true;
  /** Begins a session by one factor, and by which: who has a second one is asked for it. */
  begins?: FirstFactor;
  /** Asks for a code of the second factor: it ends a sign-in, or raises the session in which it is sent. */
  secondFactor?: SecondFactor;
  /** Asks for a recent sign-in: always, or where somebody is made an owner by it. */
  fresh?: true | "owner";
  /** A right answer is as good as signing in again. */
  proves?: true;
  /** Asks the provider that the request names, and waits for its answer. */
  asksProvider?: true;
  /** Verifies an address, in a session of its account. */
  verifies?: true;
  /** What it asks of a member. */
  needs?: AccessRule;
  /** Answers that only say what to correct in the form, and nothing of any account: they don't count as requests. */
  corrects?: readonly string[];
  /** Requests from one address, in a window of seconds, where better-auth's own rule doesn't fit. */
  limit?: { max: number; window: number };
};
