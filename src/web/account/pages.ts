import { pageRoutes } from "../kit/env.ts";
import { activity } from "./activity.tsx";
import { data } from "./data.tsx";
import { email } from "./email.tsx";
import { invitations } from "./invitations.tsx";
import { newOrganization } from "./new-organization.tsx";
import { organizations } from "./organizations.tsx";
import { passkeys } from "./passkeys.tsx";
import { password } from "./password.tsx";
import { preferences } from "./preferences.tsx";
import { profile } from "./profile.tsx";
import { providers } from "./providers.tsx";
import { sessions } from "./sessions.tsx";
import { signInMethods } from "./sign-in-methods.tsx";
import { setUpTwoFactor } from "./two-factor-set-up.tsx";
import { twoFactor } from "./two-factor.tsx";

/** The pages under /account, for who is signed in. */
export const accountPages = () =>
  pageRoutes()
    .route("/", profile())
    .route("/email", email())
    .route("/preferences", preferences())
    .route("/sign-in-methods", signInMethods())
    .route("/sign-in-methods/password", password())
    .route("/sign-in-methods/passkeys", passkeys())
    .route("/sign-in-methods/providers", providers())
    .route("/two-factor", twoFactor())
    .route("/two-factor/set-up", setUpTwoFactor())
    .route("/sessions", sessions())
    .route("/activity", activity())
    .route("/organizations", organizations())
    .route("/organizations/new", newOrganization())
    .route("/invitations", invitations())
    .route("/data", data());
