import { pageRoutes } from "../kit/env.ts";
import { profile } from "./profile.tsx";

/** The pages under /account, for who is signed in. */
export const accountPages = () => pageRoutes().route("/", profile());
