import { signedIn } from "../../../http/access/declare.ts";
import { tags } from "../../../http/openapi/tags.ts";
import { body, createRoute, createRouter, json, send } from "../../../http/router.ts";
import { getPreferences, PreferenceChanges, Preferences, updatePreferences } from "./preferences.ts";

export const routes = () =>
  createRouter(tags.me)
    .openapi(
      createRoute({
        ...signedIn(),
        method: "get",
        path: "/",
        summary: "Your preferences",
        description: "How applications are to look to you, and which notifications you want. Nobody else sees them.",
        responses: { 200: json(Preferences, "The preferences, with what holds where you have set nothing") },
        refusals: [],
      }),
      async (c) => send(c, Preferences, await getPreferences(c.var.account, c.var.auth.person.id), 200),
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "patch",
        path: "/",
        summary: "Change your preferences",
        description: "Fields that are left out stay as they are; `null` clears a language or a time zone.",
        request: { body: body(PreferenceChanges) },
        responses: { 200: json(Preferences, "The preferences as they are now") },
        refusals: [],
      }),
      async (c) => {
        const { account, auth } = c.var;
        const preferences = await updatePreferences(account, auth.person.id, c.req.valid("json"));
        return send(c, Preferences, preferences, 200);
      },
    );
