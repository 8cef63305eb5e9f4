import type { Effective, Permission } from "./access/permission.ts";

/** A signed-in person. */
export type UserPrincipal = {
  readonly type: "user";
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  /** Whether they have no account: nothing but this session leads to them. */
  readonly isAnonymous: boolean;
  readonly name: string;
  readonly image: string | null;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly platformRole: string | null;
  readonly activeOrganizationId: string | null;
  readonly impersonatorId: string | null;
  /** How many factors they have proven in this session. */
  readonly factors: number;
  /** When they last proved one in it. */
  readonly authenticatedAt: Date;
};

/** An API key: an organization's, or a service key of the whole platform. It is never a session. */
export type ApiKeyPrincipal = {
  readonly type: "apiKey";
  readonly id: string;
  readonly name: string;
  /** The key's first characters, to tell it by. */
  readonly start: string;
  readonly expiresAt: Date | null;
  readonly createdBy: string | null;
  readonly organizationId: string | null;
  /** What it may do, never more than its creator does now. */
  readonly permissions: ReadonlySet<Permission>;
};

/** Who a request's credential stands for. */
export type Principal = UserPrincipal | ApiKeyPrincipal;

/** A principal's standing in one organization, read with the principal, every time. */
export type OrganizationAccess = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Null for an API key, which is no member. */
  readonly role: string | null;
  readonly memberId: string | null;
  /** Whether the organization requires a second factor that their session lacks: they may do nothing there until then. */
  readonly lacksSecondFactor: boolean;
  /** When it will require one that their session lacks; null where it won't, or does already. */
  readonly graceEndsAt: Date | null;
} & Effective;

/** What one verification yields. `organization` is null where none was asked for, or the principal isn't in it. */
export type Verified = { readonly principal: Principal; readonly organization: OrganizationAccess | null };

/** The organization that a request names: none, the active one, or one by id or slug. */
export type OrganizationSelector =
  | { by: "none" }
  | { by: "current" }
  | { by: "id"; id: string }
  | { by: "slug"; slug: string };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const isUuid = (text: string): boolean => uuid.test(text);

/** Reads `{org}` of a path. Null when the text can name no organization at all. */
export function organizationSelector(text: string): OrganizationSelector | null {
  if (text === "current") return { by: "current" };
  if (uuid.test(text)) return { by: "id", id: text };
  return text.length <= 48 && slug.test(text) ? { by: "slug", slug: text } : null;
}
