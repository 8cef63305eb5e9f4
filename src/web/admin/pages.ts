import { pageRoutes } from "../kit/env.ts";
import { history } from "./history.tsx";
import { organization } from "./organization.tsx";
import { organizationMembers } from "./organization-members.tsx";
import { organizations } from "./organizations.tsx";
import { overview } from "./overview.tsx";
import { user } from "./user.tsx";
import { userActions } from "./user-actions.tsx";
import { userLists } from "./user-lists.tsx";
import { users } from "./users.tsx";

/** The pages under /admin, for platform administrators. */
export const adminPages = () =>
  pageRoutes()
    .route("/", overview())
    .route("/users", users())
    .route("/users", user())
    .route("/users", userActions())
    .route("/users", userLists())
    .route("/organizations", organizations())
    .route("/organizations", organization())
    .route("/organizations", organizationMembers())
    .route("/history", history());
