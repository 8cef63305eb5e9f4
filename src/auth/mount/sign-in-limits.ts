import { addressBucket } from "../../core/address.ts";
import { type Limiter, type LimitRule } from "../../core/rate-limit.ts";
import { mailing, mailKey } from "../../mail/limits.ts";
import type { Call } from "./call.ts";
import type { RequestLimits } from "./rate-limit-storage.ts";
import { tooManyRequests } from "./refusals.ts";
import type { AuthRoute } from "./routes/route.ts";

/** Failed sign-ins. A success is never counted, and an account that doesn't exist is counted like one that does. */
const signInRules = {
  /** For one account from one address: guessing from there is stopped there. */
  pair: { name: "sign-in", points: 10, seconds: 15 * 60 },
  /** From one address, whatever the account: one password tried on many. */
  address: { name: "sign-in-address", points: 100, seconds: 15 * 60 },
  /** For one account from everywhere: beyond it, unfamiliar addresses get fewer tries, but never none. */
  account: { name: "sign-in-account", points: 100, seconds: 3600 },
  /** Addresses that an account has signed in from. */
  familiar: { name: "sign-in-familiar", points: 1, seconds: 30 * 24 * 3600 },
} satisfies Record<string, LimitRule>;

const triesOfStrangers = 2;

/**
 * Applies the limits that better-auth's own limiter doesn't have: failed sign-ins and mail.
 *
 * @throws from the step: 429, before a password is hashed or a mail is sent.
 */
export function limited(limiter: Limiter, requests: RequestLimits) {
  const signIn = signInGuard(limiter);
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    const { route, path, given, client } = call;
    const named = given.email ?? given.newEmail;
    const email = typeof named === "string" ? named : undefined;
    let response: Response;
    if (route.guesses === "email") {
      const wrong = (answer: Response) => isWrong(route, answer);
      response = await signIn(mailKey(email ?? ""), addressBucket(client.address), next, wrong);
    } else if (route.mails && email !== undefined)
      response = await mailing(limiter, route.mails, email, next, ({ status }) => status >= 400);
    else response = await next();
    if (await corrects(route, response)) await requests.countMistake(client.address, path);
    if (response.status !== 429) return response;
    const resetMs = Number(response.headers.get("x-retry-after") ?? 1) * 1000;
    throw tooManyRequests({ limit: requests.limitOf(path), remaining: 0, resetMs });
  };
}

/** Whether an answer only says what to correct in the form. */
const corrects = (route: AuthRoute, response: Response): Promise<boolean> => isOneOf(route.corrects, response);

/** Whether an answer refuses a guess. */
const isWrong = async (route: AuthRoute, response: Response): Promise<boolean> =>
  response.status === 401 || (await isOneOf(route.wrong, response));

/** Whether an answer is a refusal with one of these codes. */
async function isOneOf(codes: readonly string[] | undefined, response: Response): Promise<boolean> {
  if (codes === undefined || (response.status !== 400 && response.status !== 403)) return false;
  const { code } = (await response.clone().json()) as { code?: string };
  return codes.includes(code ?? "");
}

function signInGuard(limiter: Limiter) {
  const { pair, address, account, familiar } = signInRules;
  return async (
    who: string,
    where: string,
    handle: () => Promise<Response>,
    wrong: (answer: Response) => Promise<boolean>,
  ): Promise<Response> => {
    const both = `${who}|${where}`;
    // Counted before the password is looked at, so that guesses that come at once are counted too. By address first:
    // one that is refused makes no counters for the accounts that it names.
    const fromThere = await limiter.count(address, where);
    if (!fromThere.allowed) throw tooManyRequests(fromThere);
    const tries = await limiter.count(pair, both);
    if (!tries.allowed) {
      await limiter.giveBack(address, where);
      throw tooManyRequests(tries);
    }
    const forThem = await limiter.count(account, who);
    if (!forThem.allowed && tries.used > triesOfStrangers && !(await limiter.remembers(familiar, both))) {
      throw tooManyRequests({ ...tries, limit: triesOfStrangers, remaining: 0 });
    }
    const response = await handle();
    if (await wrong(response)) return response;
    await Promise.all([
      response.ok ? limiter.forget(pair, both) : limiter.giveBack(pair, both),
      limiter.giveBack(address, where),
      limiter.giveBack(account, who),
      response.ok ? limiter.remember(familiar, both) : undefined,
    ]);
    return response;
  };
}
