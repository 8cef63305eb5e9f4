import type { Auth } from "../../auth/auth.ts";
import { member } from "../../auth/tables.ts";
import { type Actor, difference, type Origin, type RecordAudit } from "../../core/audit.ts";
import type { Logger } from "../../core/log.ts";
import { problem } from "../../core/problem.ts";
import type { Tx } from "../../db/client.ts";
import { isUniqueViolation } from "../../db/errors.ts";

export const AlreadyMember = problem("already_member", 409, "Already a member");

export const alreadyMember = (cause?: unknown) =>
  AlreadyMember("This person is already a member of the organization.", cause === undefined ? {} : { cause });

export type Membership = typeof member.$inferSelect;

/** Who makes somebody a member, and how that is written down. */
export type Joining = { recordAudit: RecordAudit; actor: Actor; origin: Origin };

/**
 * Makes a member in the transaction of what they join by, with the audit event of it.
 *
 * @throws 409 when they are one already.
 */
export async function addMember(tx: Tx, values: Omit<Membership, "id">, by: Joining): Promise<Membership> {
  const row = { id: Bun.randomUUIDv7(), ...values };
  try {
    await tx.insert(member).values(row);
  } catch (err) {
    throw isUniqueViolation(err, "member_organization_user_unique") ? alreadyMember(err) : err;
  }
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
 * Makes an organization the session's active one, as better-auth's own routes do for who creates or joins it. By then
 * the change has been committed, so a failure is logged and not answered: the session merely keeps its old claim.
 *
 * @param headers the request's, which carry the session.
 */
export async function activate(
  ports: { auth: Auth; log: Logger },
  headers: Headers,
  organizationId: string,
): Promise<void> {
  try {
    await ports.auth.api.setActiveOrganization({ headers, body: { organizationId } });
  } catch (err) {
    ports.log.warn({ err, organizationId }, "the organization could not be made the session's active one");
  }
}
