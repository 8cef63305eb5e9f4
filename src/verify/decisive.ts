import type { AuditAction } from "../core/audit.ts";

/**
 * The tables that a verified principal is made of, by the noun of their audit events; triggers announce their changes.
 * `created`: whether a new row counts. A new user, session, organization or key can't have been asked about before.
 */
export const decisive: Readonly<Record<string, { table: string; created: boolean }>> = {
  user: { table: "user", created: false },
  session: { table: "session", created: false },
  member: { table: "member", created: true },
  organization: { table: "organization", created: false },
  role: { table: "organization_role", created: true },
  entitlement: { table: "entitlement", created: true },
  apiKey: { table: "apikey", created: false },
};

// Each also creates a member, in the same transaction and within the same change.
const withMember: ReadonlySet<string> = new Set<AuditAction>(["organization.created", "invitation.accepted"]);

/** Whether a cached principal may be out of date once this change, `noun.past-participle`, is committed. */
export function decides(change: string): boolean {
  const [noun = "", verb] = change.split(".");
  const entry = Object.hasOwn(decisive, noun) ? decisive[noun] : undefined;
  return withMember.has(change) || (entry !== undefined && (verb !== "created" || entry.created));
}
