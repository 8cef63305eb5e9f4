import type { Auth } from "../auth/options.ts";
import type { Database } from "../db/types.ts";
import { deleteAccount, updateAccount } from "./account.ts";
import { banUser, impersonate, removeUser, setPlatformRole, unbanUser } from "./admin-actions.ts";
import { countOwn } from "./counts.ts";
import { findInvitation, listInvitations } from "./invitations.ts";
import { listMemberships } from "./memberships.ts";
import { activateOrganization, findOrganization, listOrganizations } from "./organizations.ts";
import { listPasskeys } from "./passkeys.ts";
import { findSecondFactor } from "./second-factor.ts";
import { listSignInMethods } from "./sign-in-methods.ts";
import { endSessions, listSessions } from "./sessions.ts";
import { findUser, listUsers } from "./users.ts";

export type Directory = ReturnType<typeof openDirectory>;

type Ports = { database: Database; auth: Auth };

/**
 * What modules read and change of people. Each function knows better-auth's tables or calls better-auth, with an audit
 * event for each change, so that no module needs the owner's handle. Each is documented where it is declared.
 */
export function openDirectory(ports: Ports) {
  const over =
    <Args extends unknown[], Result>(use: (ports: Ports, ...args: Args) => Result) =>
    (...args: Args): Result =>
      use(ports, ...args);
  return {
    findUser: over(findUser),
    listUsers: over(listUsers),
    listSessions: over(listSessions),
    listSignInMethods: over(listSignInMethods),
    listPasskeys: over(listPasskeys),
    findSecondFactor: over(findSecondFactor),
    listMemberships: over(listMemberships),
    countOwn: over(countOwn),
    findOrganization: over(findOrganization),
    listOrganizations: over(listOrganizations),
    listInvitations: over(listInvitations),
    findInvitation: over(findInvitation),

    updateAccount: over(updateAccount),
    deleteAccount: over(deleteAccount),
    endSessions: over(endSessions),
    activateOrganization: over(activateOrganization),

    banUser: over(banUser),
    unbanUser: over(unbanUser),
    setPlatformRole: over(setPlatformRole),
    removeUser: over(removeUser),
    impersonate: over(impersonate),
  };
}
