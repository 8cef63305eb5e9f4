import { constraintOf, isUnavailable, isUniqueViolation, sqlState } from "../../db/errors.ts";
import type { Problem } from "../../core/problem.ts";
import { type Allowance, overLimit } from "../../core/rate-limit.ts";
import { guard } from "../../db/guards.ts";
import { refuse } from "../guard/access-rules.ts";

type Refusal = readonly [status: number, code: string, message: string];

/** What the schema's guards refuse, in better-auth's words where it has any. */
const guards: Readonly<Record<string, Refusal>> = {
  [guard.lastOwner]: [409, "LAST_OWNER", "An organization keeps at least one owner."],
  [guard.lastAdministrator]: [409, "LAST_ADMINISTRATOR", "The platform keeps at least one administrator."],
  [guard.unknownRole]: [400, "ROLE_NOT_FOUND", "Role not found"],
  [guard.tooManyRoles]: [400, "TOO_MANY_ROLES", "A member or an invitation has at most ten roles."],
  [guard.roleInUse]: [
    400,
    "ROLE_IS_ASSIGNED_TO_MEMBERS",
    "Members, open invitations or the default role name it. Please reassign them to a different role first",
  ],
  [guard.banned]: [403, "BANNED_USER", "The user is banned."],
  [guard.notAMember]: [403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION", "User is not a member of the organization"],
  [guard.tooManyPasskeys]: [400, "TOO_MANY_PASSKEYS", "A person has at most 20 passkeys."],
  [guard.noAccount]: [403, "ACCOUNT_REQUIRED", "Sign in or up first: this takes an account."],
  [guard.tooManyActions]: [400, "INVALID_PERMISSION", "A role lists each action once, and at most 500."],
  [guard.lockedEntry]: [409, "ENTRY_LOCKED", "The role has entries that the platform has locked."],
};

/** What each constraint refuses, in better-auth's words. */
const constraints: Readonly<Record<string, Refusal>> = {
  organization_slug_unique: [409, "ORGANIZATION_ALREADY_EXISTS", "Organization already exists"],
  member_organization_user_unique: [
    409,
    "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION",
    "User is already a member of this organization",
  ],
  user_image_link: [400, "INVALID_IMAGE", "An image is an http or https URL."],
  organization_logo_link: [400, "INVALID_LOGO", "A logo is an http or https URL."],
  organization_role_name_unique: [400, "ROLE_NAME_IS_ALREADY_TAKEN", "That role name is already taken"],
  organization_role_name: [
    400,
    "INVALID_ROLE_NAME",
    "A role's name has at most 60 of a-z, 0-9, and single - and _ between them.",
  ],
};

/** The SQLSTATEs of a value that can't be stored: class 22 (out of range, not a date), and a missing or refused value. */
const isBadValue = (state: string): boolean => state.startsWith("22") || state === "23502" || state === "23514";

/** The response to a database error, in better-auth's `{message, code}`, with nothing of SQL in it. */
export function refusalOf(error: unknown): Response {
  if (isUnavailable(error)) {
    const response = refuse(503, "DATABASE_UNAVAILABLE", "Try again in a moment.");
    response.headers.set("retry-after", "1");
    return response;
  }
  const constraint = constraintOf(error) ?? "";
  const known = guards[sqlState(error) ?? ""] ?? constraints[constraint];
  if (known) return refuse(...known);
  if (isUniqueViolation(error)) {
    return constraint.startsWith("user_email")
      ? refuse(422, "USER_ALREADY_EXISTS", "User already exists.")
      : refuse(409, "CONFLICT", "This already exists.");
  }
  if (isBadValue(sqlState(error) ?? "")) return refuse(400, "VALIDATION_ERROR", "A value can't be stored.");
  return refuse(500, "INTERNAL_SERVER_ERROR", "Something went wrong.");
}

/** The 429 in better-auth's words, with the header that its client knows beside the standard one. */
export function tooManyRequests(allowance: Allowance): Problem {
  const problem = overLimit("Too many requests. Please try again later.", allowance);
  const headers = problem.extras.headers ?? {};
  headers["X-Retry-After"] = headers["Retry-After"] ?? "1";
  return problem;
}
