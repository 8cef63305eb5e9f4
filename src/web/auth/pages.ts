import { pageRoutes } from "../kit/env.ts";
import { signIn } from "./sign-in.tsx";
import { signOut } from "./sign-out.ts";

/** The pages under /auth: every way in, and out. */
export const authPages = () => pageRoutes().route("/", signIn()).route("/", signOut());
