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
import { PersonRequired } from "./caller.ts";
import { InvalidClient } from "./client.ts";
import {
  type ActiveOrganization,
  enterAccount,
  enterByAnyCredential,
  enterClient,
  enterOrganization,
  enterOrganizationAsMember,
  enterPlatform,
} from "./enter.ts";
import { EntitlementRequired, KeyRequired, NoActiveOrganization } from "./refuse.ts";

/** The access rule of an operation, as the OpenAPI document has it under `x-access`. */
export type Access =
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

const entry = (refuses: readonly Refusal[], counted = true): { entry: Entry } => ({ entry: { refuses, counted } });

/** A route that asks for no credential. */
export const publicly = () => ({ security: [], "x-access": { kind: "public" } satisfies Access });

/**
 * An organization's route: for members and keys of it that hold the permission. Others get 401, 404 or 403, in this
 * order.
 *
 * @param reach `own` also admits callers who hold it for their own rows only; the scope then demands that the row is theirs.
 */
export const allow = (permission: Permission, reach: "organization" | "own" = "organization") => ({
  middleware: [enterOrganization(permission, reach)],
  ...entry([...member, Forbidden, EntitlementRequired]),
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "organization", permission, ...(reach === "own" ? { reach } : {}) } satisfies Access,
});

/** An organization's route for everyone in it, whatever their role. Others get 401 or 404. */
export const allowMembers = () => ({
  middleware: [enterOrganizationAsMember],
  ...entry(member),
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "member" } satisfies Access,
});

/**
 * A route about the signed-in person.
 *
 * @param options.standing also loads, in the same statement, their membership of the session's active organization
 * (`active`), or of the one that `?org=` names, falling back to the active one (`named`): `c.var.auth.getOrg()`.
 */
export const signedIn = (options: { standing?: ActiveOrganization } = {}) => ({
  middleware: [enterAccount(options.standing ?? "none")],
  ...entry([...credential, PersonRequired]),
  security,
  "x-access": { kind: "account" } satisfies Access,
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

/** A route for platform administrators, a role that no organization gives. Others get 404, as if it didn't exist. */
export const platformAdmin = () => ({
  middleware: [enterPlatform],
  ...entry([...credential, NotFound]),
  security,
  "x-access": { kind: "platform" } satisfies Access,
});
