import { pageRoutes } from "../../kit/env.ts";
import { changeKey } from "./change.tsx";
import { deleteKey } from "./delete.tsx";
import { keyList } from "./list.tsx";
import { newKey } from "./new.tsx";
import { oneKey } from "./one.tsx";
import { rotateKey } from "./rotate.tsx";

/** The pages about an organization's API keys. */
export const keyPages = () =>
  pageRoutes()
    .route("/", keyList())
    .route("/", newKey())
    .route("/", changeKey())
    .route("/", rotateKey())
    .route("/", deleteKey())
    .route("/", oneKey());
