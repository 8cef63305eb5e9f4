import { member } from "../../../auth/tables/organization.ts";
import { type Actor, difference, type Origin } from "../../../core/audit.ts";
import { problem } from "../../../core/problem.ts";
import type { RecordAudit } from "../../../core/scope.ts";
import type { Tx } from "../../../db/types.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { Logger } from "../../../ops/log.ts";

export const AlreadyMember = problem("already_member", 409, "Already a member");

export const alreadyMember = (cause?: unknown) =>
  AlreadyMember("This person is already a member of the organization.", cause === undefined ? {} : { cause });

type Membership = Omit<typeof member.$inferSelect, "lastActiveAt">;

/** Who adds a member and where the request came from, for the audit event. */
export type AuditContext = { recordAudit: RecordAudit; actor: Actor; origin: Origin };

/**
 * Adds a member and the audit event of it, in the transaction of the change that makes them one.
 *
 * @throws the database's error where they are a member already: refuse `member_organization_user_unique`.
 */
export async function addMember(tx: Tx, values: Omit<Membership, "id">, by: AuditContext): Promise<Membership> {
  const row = { id: Bun.randomUUIDv7(), ...values };
  await tx.insert(member).values(row);
  await by.recordAudit(tx, {
    organizationId: row.organizationId,
    actor: by.actor,
    origin: by.origin,
    action: "member.created",
    entityId: row.id,
    changes: difference(null, row),
  });
  return row;
}

/**
 * Makes an organization the session's active one, as better-auth's own routes do on creating or joining it. The change
 * is committed by then, so a failure is only logged: the session keeps its old active organization.
 *
 * @param headers the request's, which carry the session.
 */
export async function activate(
  ports: { directory: Pick<Directory, "activateOrganization">; log: Logger },
  headers: Headers,
  organizationId: string,
): Promise<void> {
  try {
    await ports.directory.activateOrganization(headers, organizationId);
  } catch (err) {
    ports.log.warn({ err, organizationId }, "the organization could not be made the session's active one");
  }
}
