import { runWithAdapter, runWithTransaction } from "@better-auth/core/context";
import type { AuthContext } from "@better-auth/core";
import { router } from "better-auth/api";
import { Problem } from "../../core/problem.ts";
import type { Clock } from "../../core/clock.ts";
import type { RecordAudit } from "../../core/scope.ts";
import type { Limiter } from "../../core/rate-limit.ts";
import type { Method, Provider } from "../../core/sign-in.ts";
import type { Logger } from "../../ops/log.ts";
import type { OrganizationGuard } from "../guard/organization.ts";
import type { GuardedPasswords } from "../guard/passwords.ts";
import type { Auth } from "../options.ts";
import { adoption, type Adopting } from "../store/adoption.ts";
import type { Assurance } from "../store/assurance.ts";
import type { WayIn } from "../store/began.ts";
import { type AuthCall, authCall, withAuthCall } from "../store/auth-call.ts";
import { hashedAhead } from "./ahead.ts";
import { askedOfProviders } from "./ask-provider.ts";
import { type Call, type Client, readCall } from "./call.ts";
import { ownSession } from "./own-session.ts";
import { replacedSession } from "./replaced.ts";
import { steppedUp } from "./step-up.ts";
import type { RequestLimits } from "./rate-limit-storage.ts";
import { refusalOf } from "./refusals.ts";
import { limited } from "./sign-in-limits.ts";

/** Answers a request under better-auth's base path. @throws 429. */
export type AuthHandler = (request: Request, client: Client) => Promise<Response>;

type Ports = {
  auth: Auth;
  recordAudit: RecordAudit;
  provision: Adopting;
  log: Logger;
  limiter: Limiter;
  /** Null lifts every limit. */
  requests: RequestLimits | null;
  guard: OrganizationGuard;
  passwords: GuardedPasswords;
  providers: readonly Provider[];
  methods: ReadonlySet<Method>;
  assurance: Assurance;
  clock: Clock;
  baseUrl: string;
  /** Seconds for which a sign-in is recent. */
  freshAge: number;
};

type Step = (call: Call, next: () => Promise<Response>) => Promise<Response>;

class Refused extends Error {
  constructor(readonly response: Response) {
    super("refused");
  }
}

const even: Step = async ({ route: { evenMs } }, next) => {
  if (evenMs === undefined) return next();
  const started = performance.now();
  try {
    return await next();
  } finally {
    await Bun.sleep(evenMs - ((performance.now() - started) % evenMs));
  }
};

/**
 * Serves better-auth's routes. A request is read once and then takes these steps, each as the table of routes says:
 * limited, timed evenly, in one's own session, in the place of the one before, stepped up, guarded, hashed ahead, asked of a provider, atomic, better-auth. Database
 * refusals are answered in better-auth's own `{message, code}`.
 */
export async function createAuthHandler(ports: Ports): Promise<AuthHandler> {
  const { auth, log, guard } = ports;
  const context = await auth.$context;
  const { handler } = router(context as unknown as AuthContext, auth.options);
  const limit: Step = ports.requests ? limited(ports.limiter, ports.requests) : (_, next) => next();
  const own = ownSession(auth);
  const replaced = replacedSession(auth, adoption(ports));
  const raised = steppedUp(ports);
  const ahead = hashedAhead(auth, ports.passwords);
  const asked = askedOfProviders(ports.providers);

  const dispatched = async ({ route, path, request, client }: Call): Promise<Response> => {
    if (!route.atomic) return runWithAdapter(context.adapter as never, () => handler(request));
    const whole = () =>
      runWithTransaction(context.adapter as never, async () => {
        const response = await handler(request);
        if (response.status >= 400 || authCall()?.failure.error !== undefined) throw new Refused(response);
        return response;
      });
    return ports.requests ? ports.requests.ahead(client.address, path, route.limit, whole) : whole();
  };

  const answered = async (call: Call): Promise<Response> => {
    if (!call.route.repeats) return once(call);
    const response = await once({ ...call, request: call.request.clone() });
    return response.status === 422 && (await codeOf(response)) === "USER_ALREADY_EXISTS" ? once(call) : response;
  };

  const once = async (call: Call): Promise<Response> => {
    const failure: { error?: unknown } = {};
    const refused = (error: unknown): Response => {
      if (error instanceof Problem) throw error;
      const response = refusalOf(error);
      if (response.status === 500) log.error({ err: error, requestId: call.client.requestId }, "an auth route failed");
      return response;
    };
    const by = wayIn(call);
    const signIn: NonNullable<AuthCall["signIn"]> = by === undefined ? {} : { by };
    return withAuthCall({ failure, signIn }, async () => {
      try {
        const response = await own(call, () =>
          replaced(call, (call) =>
            raised(call, () => guard(call, () => ahead(call, () => asked(call, () => dispatched(call))))),
          ),
        );
        // better-auth reports some failures as the client's fault, as nothing found, or as a success.
        if (failure.error !== undefined) return refused(failure.error);
        return ledOn(await blamed(call, response), signIn.leadsTo);
      } catch (error) {
        return error instanceof Refused && failure.error === undefined
          ? error.response
          : refused(failure.error ?? error);
      }
    });
  };

  return async (request, client) => {
    const call = await readCall(request, client, ports.methods);
    if (!(call instanceof Response)) return limit(call, () => even(call, () => answered(call)));
    if (call.status === 404) await ports.requests?.countUnknown(client.address);
    return call;
  };
}

async function codeOf(response: Response): Promise<string> {
  const { code = "" } = (await response.clone().json()) as { code?: string };
  return code;
}

/** The way in by which a call may begin a session. */
function wayIn({ route: { begins, secondFactor, verifies }, path, given }: Call): WayIn | undefined {
  // In a session, which goes on, it takes no password.
  if (verifies && typeof given.password !== "string") return undefined;
  if (begins !== "provider") return begins ?? secondFactor;
  const provider = path.startsWith("/callback/") ? path.slice("/callback/".length) : given.provider;
  return typeof provider === "string" ? `provider:${provider.slice(0, 100)}` : undefined;
}

/** A browser that comes from a provider is led where it would have gone, and learns there that a second factor is asked. */
function ledOn(response: Response, leadsTo: string | undefined): Response {
  if (leadsTo === undefined || response.status >= 400) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-type");
  const [place = "", ...fragment] = leadsTo.split(/(?=#)/);
  headers.set("Location", `${place}${place.includes("?") ? "&" : "?"}twoFactorRedirect=true${fragment.join("")}`);
  return new Response(null, { status: 302, headers });
}

/** Corrects what better-auth answers with 500 although the client sent something wrong, and what would tell too much. */
async function blamed({ route }: Call, response: Response): Promise<Response> {
  const { clientFaults = [], hides = {} } = route;
  if (response.status < 400 || (clientFaults.length === 0 && Object.keys(hides).length === 0)) return response;
  const code = await codeOf(response);
  const { headers } = response;
  if (response.status === 500 && clientFaults.includes(code))
    return new Response(response.body, { status: 400, headers });
  const shown = Object.hasOwn(hides, code) ? hides[code] : undefined;
  if (shown === undefined) return response;
  return new Response(JSON.stringify({ message: shown.message, code: shown.code }), { status: shown.status, headers });
}
