import { addressBucket } from "../core/address.ts";
import type { Problem } from "../core/problem.ts";
import { type Allowance, overLimit } from "../core/rate-limit.ts";
import type { Limiter, Rule } from "../limits/limiter.ts";
import { basePath } from "./auth.ts";
import type { AuthHandler } from "./handler.ts";
import { mailing, mailKey, mailRules } from "./mail-limits.ts";
import type { RequestLimits } from "./requests.ts";

/** Sign-ins that fail. A success is never counted, and an account that isn't there is counted like one that is. */
const signInRules = {
  /** For one account from one address: who guesses there is stopped there. */
  pair: { name: "sign-in", points: 10, seconds: 15 * 60 },
  /** From one address, whatever the account: one password tried on many. */
  address: { name: "sign-in-address", points: 100, seconds: 15 * 60 },
  /** For one account from everywhere: beyond it, an address that it hasn't signed in from has fewer tries, never none. */
  account: { name: "sign-in-account", points: 100, seconds: 3600 },
  /** Addresses that an account has signed in from. */
  familiar: { name: "sign-in-familiar", points: 1, seconds: 30 * 24 * 3600 },
} satisfies Record<string, Rule>;

const triesOfStrangers = 2;

const mailPaths = new Map<string, Rule>([
  ["/request-password-reset", mailRules.reset],
  ["/send-verification-email", mailRules.verification],
  ["/sign-up/email", mailRules.signUp],
  ["/organization/invite-member", mailRules.invitation],
]);

/**
 * Holds better-auth's routes to the limits that its own limiter doesn't know: failed sign-ins and mail. Its router
 * takes a path only as it is written here, so no other spelling comes past them.
 *
 * @throws from the handler: 429, before a password is hashed or a mail is sent.
 */
export function limitedHandler(handler: AuthHandler, limiter: Limiter, requests: RequestLimits): AuthHandler {
  const signIn = signInGuard(limiter);
  return async (request, client) => {
    const path = new URL(request.url).pathname.slice(basePath.length);
    const mail = mailPaths.get(path);
    const handle = () => handler(request, client);
    let response: Response;
    if (request.method === "POST" && path === "/sign-in/email") {
      response = await signIn(mailKey((await emailIn(request)) ?? ""), addressBucket(client.address), handle);
    } else if (request.method === "POST" && mail) {
      const recipient = await emailIn(request);
      response = await (recipient === undefined
        ? handle()
        : mailing(limiter, mail, recipient, handle, ({ status }) => status >= 400));
    } else response = await handle();
    if (response.status !== 429) return response;
    const resetMs = Number(response.headers.get("x-retry-after") ?? 1) * 1000;
    throw refusal({ limit: requests.limitOf(path), remaining: 0, resetMs });
  };
}

function signInGuard(limiter: Limiter) {
  const { pair, address, account, familiar } = signInRules;
  return async (who: string, where: string, handle: () => Promise<Response>): Promise<Response> => {
    const both = `${who}|${where}`;
    // Counted before the password is looked at, so that guesses that come at once are counted too.
    const tries = await limiter.count(pair, both);
    if (!tries.allowed) throw refusal(tries);
    const fromThere = await limiter.count(address, where);
    if (!fromThere.allowed) throw refusal(fromThere);
    const forThem = await limiter.count(account, who);
    if (!forThem.allowed && tries.used > triesOfStrangers && !(await limiter.remembers(familiar, both))) {
      throw refusal({ ...tries, limit: triesOfStrangers, remaining: 0 });
    }
    const response = await handle();
    if (response.status === 401) return response;
    await Promise.all([
      response.ok ? limiter.forget(pair, both) : limiter.giveBack(pair, both),
      limiter.giveBack(address, where),
      limiter.giveBack(account, who),
      response.ok ? limiter.remember(familiar, both) : undefined,
    ]);
    return response;
  };
}

/** In better-auth's words, with the header that its client knows beside the standard one. */
function refusal(allowance: Allowance): Problem {
  const problem = overLimit("Too many requests. Please try again later.", allowance);
  const headers = problem.extras.headers ?? {};
  headers["X-Retry-After"] = headers["Retry-After"] ?? "1";
  return problem;
}

/** The address in a request's body, which stays unread; undefined where better-auth won't find one either. */
async function emailIn(request: Request): Promise<string | undefined> {
  try {
    const form = /x-www-form-urlencoded/i.test(request.headers.get("content-type") ?? "");
    const copy = request.clone();
    const email: unknown = form
      ? new URLSearchParams(await copy.text()).getAll("email").at(-1)
      : ((await copy.json()) as { email?: unknown }).email;
    return typeof email === "string" ? email : undefined;
  } catch {
    return undefined;
  }
}
