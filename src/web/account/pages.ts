import { pageRoutes } from "../kit/env.ts";
import { activity } from "./activity.tsx";
import { email } from "./email.tsx";
import { preferences } from "./preferences.tsx";
import { profile } from "./profile.tsx";
import { sessions } from "./sessions.tsx";

/** The pages under /account, for who is signed in. */
export const accountPages = () =>
  pageRoutes()
    .route("/", profile())
    .route("/email", email())
    .route("/preferences", preferences())
    .route("/sessions", sessions())
    .route("/activity", activity());
