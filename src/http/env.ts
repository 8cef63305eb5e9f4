import type { Actor, Origin } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type {
  OrganizationAccess,
  OrganizationSelector,
  Principal,
  UserPrincipal,
  Verified,
} from "../core/principal.ts";
import type { Allowance } from "../core/rate-limit.ts";
import type { Bounds, OrganizationScope, Scope } from "../core/scope.ts";
import type { RequestAuth } from "./auth.ts";
import type { CursorCodec } from "./pagination.ts";

/** A caller, and the credential that they are known by, as it was sent. */
export type Authenticated = { verified: Verified; sent: string };

/** What the routes need from the rest of the service, as functions. */
export type Gate = {
  /** Verifies the request's own credential; one statement at most. @throws the problem that refuses it. */
  authenticate(headers: Headers, selector: OrganizationSelector): Promise<Authenticated>;
  /** Counts a request of this caller. @throws 429, over the limit of one session or key. */
  count(caller: Principal): Promise<Allowance>;
  openScope(actor: Actor, origin: Origin, bounds: Bounds): Scope;
  /** Whether a browser application on this origin may act with a person's cookie. */
  trustsOrigin(origin: string): boolean;
  cursors: CursorCodec;
  clock: Clock;
};

/** What comes with a request. */
export type Bindings = {
  /** The address at the other end of the socket that the request came by. */
  addressOf(request: Request): string;
  /** Why a verification was refused before it came to the router. */
  refusal?: Error;
};

export type Variables = {
  gate: Gate;
  origin: Origin & { requestId: string; ipAddress: string };
  /** Who calls: a person or an API key. */
  caller: Principal;
  /** The same with its session, organization and permissions, as handlers ask about them. */
  auth: RequestAuth;
  /** On account routes: the person. */
  principal: UserPrincipal;
  /** On organization routes. */
  organization: OrganizationAccess;
  /** On routes that reach for one's own: the permission is held for that only. */
  ownOnly: boolean;
  /** On organization routes: bound to the organization. */
  scope: OrganizationScope;
  /** On routes that ask for it: the caller's standing in that organization, null where there is none. */
  standing: OrganizationAccess | null;
  /** On account and platform routes: bound to the signed-in person and no organization. */
  account: Scope;
};

export type Env = { Bindings: Bindings; Variables: Variables };
