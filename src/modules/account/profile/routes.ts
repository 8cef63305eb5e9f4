import { signedIn } from "../../../http/access/declare.ts";
import { body, createRoute, createRouter, json, send } from "../../../http/router.ts";
import { getProfile, Profile, ProfileChanges, updateProfile } from "./profile.ts";
import { NotFound } from "../../../core/problem.ts";
import { tags } from "../../../http/openapi/tags.ts";

export const routes = () =>
  createRouter(tags.me)
    .openapi(
      createRoute({
        ...signedIn(),
        method: "get",
        path: "/",
        summary: "Your profile",
        description: "What you say of yourself. Nobody else sees it.",
        responses: { 200: json(Profile, "The profile") },
        refusals: [NotFound],
      }),
      async (c) => send(c, Profile, await getProfile(c.var.account, c.var.auth.person.id), 200),
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "patch",
        path: "/",
        summary: "Change your profile",
        description: "Fields that are left out stay as they are; `null` clears one.",
        request: { body: body(ProfileChanges) },
        responses: { 200: json(Profile, "The profile as it is now") },
        refusals: [NotFound],
      }),
      async (c) => {
        const { account, auth } = c.var;
        return send(c, Profile, await updateProfile(account, auth.person.id, c.req.valid("json")), 200);
      },
    );
