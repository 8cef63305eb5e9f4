import { pageRoutes } from "../../kit/env.ts";
import { memberList } from "./list.tsx";
import { oneMember } from "./one.tsx";
import { makeOwner } from "./owner.tsx";
import { removeMember } from "./remove.tsx";
import { memberPermissions } from "./why.tsx";

/** The pages about an organization's members. */
export const memberPages = () =>
  pageRoutes()
    .route("/", memberList())
    .route("/", memberPermissions())
    .route("/", makeOwner())
    .route("/", removeMember())
    .route("/", oneMember());
