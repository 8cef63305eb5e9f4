import { z } from "zod";
import { type Method, passwordLength, type Provider } from "../../../core/sign-in.ts";
import { publicly } from "../../../http/access/declare.ts";
import { createRoute, createRouter, json } from "../../../http/router.ts";

export type Ports = { config: { signIn: { providers: readonly Provider[]; methods: ReadonlySet<Method> } } };

export const Settings = z
  .object({
    signIn: z.object({
      password: z.object({
        minLength: z.int().meta({ description: "Characters that a password has at least" }),
        maxLength: z.int().meta({ description: "Characters that a password has at most" }),
      }),
      emailCode: z.boolean().meta({ description: "Whether a link and a code are mailed to sign in with" }),
      passkey: z.boolean().meta({ description: "Whether people sign in with passkeys" }),
      anonymous: z.boolean().meta({ description: "Whether a session can be had without an account" }),
      providers: z.array(
        z.object({
          id: z.string().meta({ description: "The `provider` of `POST /api/auth/sign-in/social`" }),
          label: z.string().meta({ description: "What a button says" }),
        }),
      ),
    }),
  })
  .meta({ id: "Settings" });
export type Settings = z.infer<typeof Settings>;

export const routes = ({ config }: Ports) =>
  createRouter({ name: "Settings", description: "What a client needs to know before anybody has signed in." }).openapi(
    createRoute({
      ...publicly(),
      method: "get",
      path: "/",
      operationId: "settings.read",
      summary: "How people sign in here",
      description: "The ways in that this service offers, and the rules of its passwords.",
      responses: { 200: json(Settings, "The ways in that are on") },
      refusals: [],
    }),
    (c) => {
      const { min: minLength, max: maxLength } = passwordLength;
      const providers = config.signIn.providers.map(({ id, label }) => ({ id, label }));
      const emailCode = config.signIn.methods.has("emailCode");
      const passkey = config.signIn.methods.has("passkey");
      const anonymous = config.signIn.methods.has("anonymous");
      const settings = { signIn: { password: { minLength, maxLength }, emailCode, passkey, anonymous, providers } };
      return c.json(settings, 200, { "Cache-Control": "public, max-age=60" });
    },
  );
