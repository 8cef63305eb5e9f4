import { signedIn } from "../../http/access.ts";
import { body, createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import { getProfile, Profile, ProfileChanges, updateProfile } from "./profile.ts";

const tags = ["Me"];

const read = createRoute({
  ...signedIn(),
  method: "get",
  path: "/",
  summary: "Your profile",
  tags,
  responses: { ...problems, 200: json(Profile, "The profile") },
});

const update = createRoute({
  ...signedIn(),
  method: "patch",
  path: "/",
  summary: "Change your profile",
  tags,
  request: { body: body(ProfileChanges) },
  responses: { ...problems, 200: json(Profile, "The profile as it is now") },
});

export const routes = () =>
  createRouter()
    .openapi(read, async (c) => send(c, Profile, await getProfile(c.var.account, c.var.principal.id), 200))
    .openapi(update, async (c) => {
      const { account, principal } = c.var;
      const row = await updateProfile(account, principal.id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, Profile, row, 200);
    });
