import { type Problem, problem } from "../core/problem.ts";
import { sqlState } from "../db/errors.ts";
import { guard } from "../db/guards.ts";

export const LastOwner = problem("last_owner", 409, "An organization keeps at least one owner");
export const LastAdministrator = problem("last_administrator", 409, "The platform keeps at least one administrator");

/** The problem for a change of a user that the database's guards refused; undefined for any other error. */
export function refusedByGuard(cause: unknown, subject: "You are" | "They are"): Problem | undefined {
  switch (sqlState(cause)) {
    case guard.lastOwner:
      return LastOwner(
        `${subject} the only owner of an organization. Make someone else an owner, or delete the organization.`,
        { cause },
      );
    case guard.lastAdministrator:
      return LastAdministrator(`${subject} the only platform administrator. Make someone else one first.`, { cause });
    default:
      return undefined;
  }
}
