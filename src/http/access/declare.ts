import type { MiddlewareHandler } from "hono";
import type { Permission } from "../../core/access/permission.ts";
import {
  ConflictingCredentials,
  Forbidden,
  NotFound,
  QuotaExceeded,
  RateLimited,
  type Refusal,
  Unauthenticated,
} from "../../core/problem.ts";
import { FreshSignInRequired, TwoFactorRequired } from "../../core/assurance.ts";
import { PersonRequired } from "./caller.ts";
import { InvalidClient } from "./client.ts";
import type { Env } from "../env.ts";
import {
  type ActiveOrganization,
  enterAccount,
  enterByAnyCredential,
  enterClient,
  enterOrganization,
  enterOrganizationAsMember,
  enterPlatform,
} from "./enter.ts";
import { freshOnly } from "./fresh.ts";
import { EntitlementRequired, KeyRequired, NoActiveOrganization } from "./refuse.ts";

/** The access rule of an operation, as the OpenAPI document has it under `x-access`. */
export type Access = AccessKind & Demands;

/** `fresh`: asks a person for a recent sign-in. */
type Demands = { fresh?: true };

type AccessKind =
  | { kind: "public" }
  | { kind: "account" }
  | { kind: "credential" }
  | { kind: "service"; permission: Permission }
  | { kind: "platform" }
  | { kind: "member" }
  /** `reach: "own"` also admits callers who hold the permission for their own rows only. */
  | { kind: "organization"; permission: Permission; reach?: "own" };

/** What the way into an operation may answer. */
export type Entry = {
  /** The problems of callers who aren't admitted. */
  readonly refuses: readonly Refusal[];
  /** Whether answers say how many requests the caller has left. */
  readonly counted: boolean;
};

const security = [{ session: [] }, { bearer: [] }];

const credential = [ConflictingCredentials, Unauthenticated, QuotaExceeded, RateLimited];
const member = [...credential, NoActiveOrganization, NotFound];
const proven = [...member, TwoFactorRequired];

const entry = (refuses: readonly Refusal[], counted = true): { entry: Entry } => ({ entry: { refuses, counted } });

/** The way in by `enter`, and then whatever else is demanded. */
const demanding = (enter: MiddlewareHandler<Env>, refuses: readonly Refusal[], { fresh }: Demands) => ({
  middleware: fresh ? [enter, freshOnly] : [enter],
  ...entry(fresh ? [...refuses, FreshSignInRequired] : refuses),
});

const shown = ({ fresh }: Demands): Demands => (fresh ? { fresh } : {});

/** A route that asks for no credential. */
export const publicly = () => ({ security: [], "x-access": { kind: "public" } satisfies Access });

/**
 * An organization's route: for members and keys of it that hold the permission. Others get 401, 404 or 403, in this
 * order.
 *
 * @param demands.reach `own` also admits callers who hold it for their own rows only; the scope then demands that the row
 * is theirs.
 * @param demands.fresh asks a person for a recent sign-in; a key isn't asked.
 */
export const allow = (permission: Permission, { reach, ...demands }: { reach?: "own" } & Demands = {}) => ({
  ...demanding(
    enterOrganization(permission, reach ?? "organization"),
    [...proven, Forbidden, EntitlementRequired],
    demands,
  ),
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "organization", permission, ...(reach ? { reach } : {}), ...shown(demands) } satisfies Access,
});

/**
 * An organization's route for everyone in it, whatever their role. Others get 401 or 404.
 *
 * @param options.withoutSecondFactor also admits who lacks the second factor that the organization requires.
 */
export const allowMembers = ({ withoutSecondFactor = false } = {}) => ({
  middleware: [enterOrganizationAsMember(!withoutSecondFactor)],
  ...entry(withoutSecondFactor ? member : proven),
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "member" } satisfies Access,
});

/**
 * A route about the signed-in person.
 *
 * @param options.standing also loads, in the same statement, their membership of the session's active organization
 * (`active`), or of the one that `?org=` names, falling back to the active one (`named`): `c.var.auth.getOrg()`.
 * @param options.fresh asks them for a recent sign-in.
 */
export const signedIn = ({ standing = "none", ...demands }: { standing?: ActiveOrganization } & Demands = {}) => ({
  ...demanding(enterAccount(standing), [...credential, PersonRequired], demands),
  security,
  "x-access": { kind: "account", ...shown(demands) } satisfies Access,
});

/** A route for services: for API keys that hold the permission, also as an OAuth client's id and secret. */
export const allowClient = (permission: Permission) => ({
  middleware: [enterClient(permission)],
  ...entry([...credential, InvalidClient, KeyRequired, Forbidden], false),
  security: [{ apiKey: [] }, { client: [] }],
  "x-access": { kind: "service", permission } satisfies Access,
});

/** A route for any good credential. `c.var.auth.getOrg()` is the session's active organization, or the key's own. */
export const anyCaller = () => ({
  middleware: [enterByAnyCredential],
  ...entry(credential, false),
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "credential" } satisfies Access,
});

/**
 * A route for platform administrators, a role that no organization gives. Others get 404, as if it didn't exist.
 *
 * @param demands.fresh asks them for a recent sign-in, as whatever changes something does.
 */
export const platformAdmin = (demands: Demands = {}) => ({
  ...demanding(enterPlatform, [...credential, NotFound], demands),
  security,
  "x-access": { kind: "platform", ...shown(demands) } satisfies Access,
});
