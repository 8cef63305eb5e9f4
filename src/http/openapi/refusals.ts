import type { RouteConfig } from "@hono/zod-openapi";
import { CredentialInUrl } from "../../core/credential-in-url.ts";
import {
  Invalid,
  Malformed,
  NotFound,
  PreconditionFailed,
  type Refusal,
  TooLarge,
  Unavailable,
  UnsupportedMediaType,
} from "../../core/problem.ts";
import type { Entry } from "../access/declare.ts";
import { UntrustedOrigin } from "../access/forgery.ts";
import { EntitlementRequired } from "../access/refuse.ts";
import { BodyTimeout } from "../middleware/body.ts";

/** What an operation's refusals follow from. */
export type Refusing = Pick<RouteConfig, "method" | "path" | "request"> & {
  entry?: Entry;
  /** Whether its permission is of a module that an organization must be granted. */
  withheld: boolean;
  /** The problems that are the operation's own. */
  refusals: readonly Refusal[];
};

/**
 * Every problem that an operation may answer with: those of its access rule, those of its input, and its own.
 * 405 and 500 are no operation's.
 */
export function refusalsOf({ method, path, request, entry, refusals, withheld }: Refusing): Refusal[] {
  const found = [
    Malformed,
    ...(path.startsWith("/v1/") ? [CredentialInUrl] : []),
    ...(entry ? [...entry.refuses.filter((each) => withheld || each !== EntitlementRequired), Unavailable] : []),
    ...(entry && method !== "get" ? [UntrustedOrigin] : []),
    ...(/\{(?!org\})/.test(path) ? [NotFound] : []),
    ...(request?.query ? [Invalid] : []),
    ...(request?.body ? [BodyTimeout, TooLarge, Invalid] : []),
    ...(request?.body?.required ? [UnsupportedMediaType] : []),
    ...(/^(patch|put|delete)$/.test(method) ? [PreconditionFailed] : []),
    ...refusals,
  ];
  const byName = new Map(found.map((refusal) => [`${refusal.status} ${refusal.code}`, refusal]));
  return [...byName.keys()].toSorted().map((name) => byName.get(name)!);
}
