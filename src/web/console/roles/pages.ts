import { pageRoutes } from "../../kit/env.ts";
import { deleteRole } from "./delete.tsx";
import { editRole } from "./edit.tsx";
import { roleList } from "./list.tsx";
import { newRole } from "./new.tsx";
import { oneRole } from "./one.tsx";

/** The pages about an organization's roles. */
export const rolePages = () =>
  pageRoutes()
    .route("/", roleList())
    .route("/", newRole())
    .route("/", editRole())
    .route("/", deleteRole())
    .route("/", oneRole());
