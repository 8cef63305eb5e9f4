import type { Module } from "../../../http/module.ts";
import { account } from "./exports.ts";
import { type Ports, routes } from "./routes.ts";
import { signInMethodRoutes, type SignInPorts } from "./sign-in-method-routes.ts";

export { type Me, type Membership, MembershipList } from "./me.ts";
export {
  Effective,
  type EffectivePermissions,
  ExplainQuery,
  memberPermissions,
  type Ports as PermissionPorts,
} from "./permissions.ts";
export { type Session, SessionList, shownSession } from "./sessions.ts";
export { mySignInMethods, type Offered, SignInMethods } from "./sign-in-methods.ts";

const events = {
  "user.created": "A user was created, by signing up or by an administrator",
  "user.updated": "A user's name, address, picture, role or ban was changed",
  "user.deleted": "A user was deleted",
  "user.adopted": "An account took over what its person had made without one",
  "session.created": "A user signed in",
  "session.deleted": "A session was ended",
  "account.created": "A way to sign in was added to a user",
  "account.updated": "A user's way to sign in was changed, such as their password",
  "account.deleted": "A way to sign in was removed from a user",
  "passkey.created": "A passkey was added to a user",
  "passkey.deleted": "A passkey was removed from a user",
} as const;

declare module "../../../core/audit.ts" {
  interface DeclaredEvents {
    me: typeof events;
  }
}

export const me: Module<Ports & SignInPorts> = {
  name: "me",
  mounts: { "/me": routes, "/me/sign-in-methods": signInMethodRoutes },
  events,
  exports: {
    account,
    withheld: {
      "session.impersonated_by": "Names the administrator who acted, not the person whose session it is",
      "two_factor.user_id": "Holds nothing but secrets: what an authenticator app shares, and backup codes",
    },
  },
};
