import type { Provider } from "../../core/sign-in.ts";
import { refuse } from "../guard/access-rules.ts";
import type { Call } from "./call.ts";

/** How long a provider may take; what it answers later is dropped. */
const patienceMs = 10_000;

/**
 * Waits for a provider as long as a person would, and says 503 where it is away: better-auth waits without end, and
 * knows a provider that it couldn't reach as none. On a callback, which a browser follows, the error page says so.
 */
export function askedOfProviders(providers: readonly Provider[]) {
  const ids = new Set(providers.map(({ id }) => id));
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    if (!call.route.asksProvider) return next();
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), patienceMs);
    try {
      const response = await Promise.race([next(), late.promise]);
      return response === null || (await isUnknown(response, call, ids)) ? away(call) : response;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Whether better-auth doesn't know a provider that the settings name. */
async function isUnknown(response: Response, call: Call, ids: ReadonlySet<string>): Promise<boolean> {
  if (call.path.startsWith("/callback/"))
    return (
      ids.has(call.path.slice("/callback/".length)) &&
      (response.headers.get("location") ?? "").includes("error=oauth_provider_not_found")
    );
  const named = call.given["provider"] ?? call.given["providerId"];
  if (response.status !== 404 || typeof named !== "string" || !ids.has(named)) return false;
  return ((await response.clone().json()) as { code?: string }).code === "PROVIDER_NOT_FOUND";
}

function away({ path, request }: Call): Response {
  if (path.startsWith("/callback/")) {
    const error = new URL("/auth/error?error=provider_unavailable", request.url);
    return new Response(null, { status: 302, headers: { Location: error.href } });
  }
  const refusal = refuse(
    503,
    "PROVIDER_UNAVAILABLE",
    "The provider doesn't answer. Try again, or sign in another way.",
  );
  refusal.headers.set("Retry-After", "5");
  return refusal;
}
