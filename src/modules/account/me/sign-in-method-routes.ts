import { signedIn } from "../../../http/access/declare.ts";
import { tags } from "../../../http/openapi/tags.ts";
import { answer, createRoute, createRouter, json } from "../../../http/router.ts";
import type { Directory } from "../../../directory/directory.ts";
import { mySignInMethods, type Offered, SignInMethods } from "./sign-in-methods.ts";

export type SignInPorts = { directory: Directory; config: { signIn: Offered } };

export const signInMethodRoutes = ({ directory, config }: SignInPorts) =>
  createRouter(tags.me).openapi(
    createRoute({
      ...signedIn(),
      method: "get",
      path: "/",
      summary: "How you sign in",
      description:
        "Password, providers, passkeys and the second factor, with which of them may be removed. better-auth's routes add and remove them.",
      responses: { 200: json(SignInMethods, "Your ways to sign in") },
      refusals: [],
      unversioned: true,
    }),
    async (c) => answer(c, SignInMethods, await mySignInMethods(directory, config.signIn, c.var.auth.person.id)),
  );
