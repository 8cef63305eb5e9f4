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
import type { Bounds, Demands, OrganizationScope, Scope } from "../core/scope.ts";
import type { RequestAuth } from "./access/caller.ts";
import type { CursorCodec } from "../core/page.ts";
import type { Mount } from "./mount.ts";

/** A caller, and the credential that they are known by, as it was sent. */
export type Authenticated = { verified: Verified; sent: string };

/** What the routes need from the rest of the service, as functions. */
export type Gate = {
  /** Verifies the request's own credential; one statement at most. @throws the problem that refuses it. */
  authenticate(headers: Headers, selector: OrganizationSelector): Promise<Authenticated>;
  /** Counts a request of this caller. @throws 429, over the limit of one session or key. */
  count(caller: Principal): Promise<Allowance>;
  openScope(actor: Actor, origin: Origin, bounds: Bounds, demands: Demands): Scope;
  /** @throws 403 where the organization requires a second factor that their session lacks. */
  requireSecondFactor(organization: OrganizationAccess): void;
  /** @throws 403 unless they signed in lately, with the page where to do so. */
  requireFresh(person: UserPrincipal): void;
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
  /** Whether a page asks, within a request that has a line of its own in the log. */
  within?: true;
};

export type Variables = {
  gate: Gate;
  /** What holds for every request under its path. */
  mount: Mount;
  origin: Origin & { requestId: string; ipAddress: string };
  /** Who calls, with their session, organization and permissions. */
  auth: RequestAuth;
  /** On organization routes: bound to the organization. */
  scope: OrganizationScope;
  /** On account and platform routes: bound to the signed-in person and no organization. */
  account: Scope;
};

export type Env = { Bindings: Bindings; Variables: Variables };
