/**
 * The SQLSTATEs that the triggers in `guards/` raise, by what they refuse. A write catches the one it can meet with
 * `sqlState` and answers a problem of its own.
 */
export const guard = {
  lastOwner: "GH001",
  appendOnly: "GH002",
  unknownRole: "GH003",
  roleInUse: "GH004",
  lockedEntry: "GH005",
  lastAdministrator: "GH006",
  menuTree: "GH007",
  tooManyRoles: "GH008",
  banned: "GH009",
  notAMember: "GH010",
  tooManyActions: "GH011",
  tooManyPasskeys: "GH012",
  noAccount: "GH013",
} as const;

/**
 * The files of `guards/` in the order in which they are applied. Together they are what the database refuses and
 * announces: the functions of the schema `guard`, all triggers, and the policies and privileges of the role that
 * requests run as.
 */
export const guardFiles = [
  "tenancy",
  "history",
  "membership",
  "sessions",
  "administrators",
  "roles",
  "deletion",
  "navigation",
  "announcements",
  "jobs",
] as const;
