import { z } from "zod";
import { type Auth, basePath } from "../options.ts";
import { AtProvider, AuthError } from "./answers.ts";
import { passwordLength } from "../../core/sign-in.ts";
import { passwordFaults } from "../../passwords/rules.ts";
import { authRoutes } from "./routes.ts";
import type { AuthRoute } from "./routes/route.ts";

type JsonSchema = Record<string, unknown>;
type Tag = { name: string; description: string };
/** `leads`: its Location says where a browser goes. */
type Answer = { description: string; schema?: z.ZodType; leads?: "always" | "sometimes" };

/** What the reference says of one of better-auth's routes. */
export type DescribedRoute = {
  method: "get" | "post";
  /** As OpenAPI has it: `/api/auth/reset-password/{token}`. */
  path: string;
  operationId: string;
  tag: Tag;
  summary: string;
  description: string;
  /** Whether it takes a session. */
  session: boolean;
  parameters: { name: string; in: "path" | "query"; required: boolean; description: string; schema: JsonSchema }[];
  body?: { required: boolean; types: string[]; schema: JsonSchema };
  /** By status: its successes, and what refuses it for reasons of its own. */
  answers: Record<string, Answer>;
};

type Endpoint = {
  path?: string;
  options?: {
    method?: string | string[];
    body?: z.ZodType;
    query?: z.ZodType;
    metadata?: { openapi?: { requestBody?: { content?: Record<string, { schema?: JsonSchema }> } } };
  };
};

/**
 * Describes those of better-auth's routes that a request can succeed at here: what they take, by better-auth's own
 * schemas, and what the table of routes says of them.
 */
export function describeAuthRoutes(auth: Auth): Promise<DescribedRoute[]> {
  const endpoints = Object.entries(auth.api as unknown as Record<string, Endpoint>);
  const described = Object.entries(authRoutes).flatMap(([key, route]) => {
    const [method = "", path = ""] = key.split(" ");
    const found = endpoints.find(
      ([, endpoint]) => endpoint.path === path && [endpoint.options?.method].flat().includes(method),
    );
    return found && route.summary !== undefined ? [describe(method, path, route, found)] : [];
  });
  return Promise.all(described);
}

async function describe(
  method: string,
  path: string,
  route: AuthRoute,
  [name, { options = {} }]: [string, Endpoint],
): Promise<DescribedRoute> {
  const body = method === "POST" && options.body ? fixing(bodyOf(options), route.fixed) : undefined;
  // Where better-auth takes both methods, GET has the name.
  const byPost = method === "POST" && Array.isArray(options.method) && options.method.includes("GET");
  return {
    method: method === "GET" ? "get" : "post",
    path: basePath + path.replaceAll(/:(\w+)/g, "{$1}"),
    operationId: `auth.${name}${byPost ? "ByPost" : ""}`,
    tag: tagOf(path),
    summary: route.summary ?? name,
    description: [`better-auth calls it \`${name}\`.`, ...facts(path, route)].join(" "),
    session: !route.open,
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, param = ""]) => ({
        name: param,
        in: "path" as const,
        required: true,
        description: param === "id" ? "The provider's name" : "As it stands in the mailed link",
        schema: { type: "string" },
      })),
      ...(options.query ? queryOf(options.query) : []),
    ],
    ...(body && options.body
      ? {
          body: {
            required: !options.body.safeParse(undefined).success,
            types: ["application/json", ...(route.form ? ["application/x-www-form-urlencoded"] : [])],
            schema: route.sets ? bounded(body) : body,
          },
        }
      : {}),
    answers: { ...successes(route), ...(await refusals(route)) },
  };
}

/** What the table says of a route, in words. */
const facts = (
  path: string,
  { needs, provider, oneself, guesses, mails, limit, form, fresh, proves }: AuthRoute,
): string[] =>
  [
    /^\/admin\/(?!stop-)/.test(path) && "For platform administrators.",
    needs?.permission && `Needs the permission \`${needs.permission}\`.`,
    needs?.permission === null && "Shows what the caller's roles let them see.",
    provider && "Needs a provider: `GET /v1/settings` says which there are.",
    oneself && "Not while impersonating.",
    fresh === true && "Takes a recent sign-in.",
    fresh === "owner" && "Making an owner takes a recent sign-in.",
    proves && "In a session, it counts as signing in again.",
    guesses && "Wrong passwords are counted, and more than a few refused for a while.",
    mails && `At most ${mails.points} mails in ${mails.seconds / 60} minutes to one address.`,
    limit && `At most ${limit.max} requests in ${limit.window} seconds from one client.`,
    form && "Takes a form as well.",
  ].filter((fact) => typeof fact === "string");

function successes({ answers, redirects }: AuthRoute): Record<string, Answer> {
  return {
    ...(answers
      ? {
          200: {
            description: "As better-auth answers it",
            schema: answers,
            ...(answers === AtProvider ? { leads: "sometimes" as const } : {}),
          },
        }
      : {}),
    ...(redirects
      ? { 302: { description: "Leads to `callbackURL`, with `error` in its query where it failed", leads: "always" } }
      : {}),
  };
}

async function refusals({ open, needs, oneself, sets, fresh }: AuthRoute): Promise<Record<string, Answer>> {
  const codes: [status: number, code: string][] = [
    ...(open ? [] : [[401, "UNAUTHORIZED"] as [number, string]]),
    ...(oneself ? [[403, "IMPERSONATING"] as [number, string]] : []),
    ...(fresh ? [[403, "FRESH_SIGN_IN_REQUIRED"] as [number, string]] : []),
    ...(sets ? passwordFaults.map((code): [number, string] => [400, code]) : []),
  ];
  if (needs?.permission) {
    const refused = needs.refused();
    codes.push([refused.status, ((await refused.json()) as { code: string }).code]);
  }
  const named = [...Map.groupBy(codes, ([status]) => status)].map(([status, some]): [string, Answer] => [
    String(status),
    { description: `${some.map(([, code]) => `\`${code}\``).join(", ")}, among others`, schema: AuthError },
  ]);
  return Object.fromEntries(named);
}

const sections = [
  ["/admin/", "Users, in better-auth's form", "What better-auth's admin client calls."],
  ["/organization/", "Organizations, in better-auth's form", "What better-auth's organization client calls."],
  ["/api-key/", "API keys, in better-auth's form", "What better-auth's API key client calls."],
  ["/two-factor/", "Second factor", "An authenticator app, and backup codes for when it is lost."],
  ["/passkey/", "Passkeys", "Sign-in with what a device keeps, by `@simplewebauthn/browser` or the official client."],
  ["/", "Sign-in", "What better-auth's client calls: accounts, sessions, tokens."],
] as const;

const sectionOf = (path: string): string => sections.find(([prefix]) => path.startsWith(prefix))![0];

/** A section's routes that are closed, as sentences with what does it instead. */
const closed = (section: string): string =>
  Object.entries(authRoutes)
    .filter(([key, { disabled }]) => disabled !== undefined && sectionOf(key.split(" ")[1] ?? "/") === section)
    .map(([key, { disabled }]) => ` \`${key}\` is closed: ${disabled}.`)
    .join("");

const tags: ReadonlyMap<string, Tag> = new Map(
  sections.map(([prefix, name, description]) => [prefix, { name, description: `${description}${closed(prefix)}` }]),
);

const tagOf = (path: string): Tag => tags.get(sectionOf(path))!;

const schemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...found } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return cleaned(found) as JsonSchema;
};

/** Without what only a server may send and examples in prose, and with what OpenAPI 3.1 has for `nullable`. */
function cleaned(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(cleaned);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, ...fields } = schema as JsonSchema;
  // A plugin says of a field that it is required; the object's list does.
  if (!Array.isArray(fields["required"])) delete fields["required"];
  const kept = Object.entries(fields).map(([key, value]) => {
    if (key === "description" && typeof value === "string") return [key, value.replace(/\s*Eg: .*$/s, "")] as const;
    if (key !== "properties") return [key, cleaned(value)] as const;
    const open = Object.entries(value as Record<string, { description?: string }>).filter(
      ([, { description = "" }]) => !/server[- ]only/i.test(description),
    );
    return [key, Object.fromEntries(open.map(([name, field]) => [name, cleaned(field)]))] as const;
  });
  return { ...Object.fromEntries(kept), ...(nullable === true ? { type: [fields["type"], "null"] } : {}) };
}

/** A body's schema with the fields that have one value here. */
function fixing(schema: JsonSchema, fixed: AuthRoute["fixed"] = {}): JsonSchema {
  const values = Object.entries(fixed).map(([name, only]) => [name, { type: "string", enum: [only] }] as const);
  if (values.length === 0) return schema;
  return { ...schema, properties: { ...(schema["properties"] as object), ...Object.fromEntries(values) } };
}

/** A body's fields. Where its schema leaves them open, those that better-auth describes. */
function bodyOf({ body, metadata }: NonNullable<Endpoint["options"]>): JsonSchema {
  const found = body ? schemaOf(body) : {};
  const [fixed = found] = (found["allOf"] as JsonSchema[] | undefined)?.filter(({ properties }) => properties) ?? [];
  if (fixed["properties"] || fixed["anyOf"] || fixed["oneOf"]) return fixed;
  return cleaned(metadata?.openapi?.requestBody?.content?.["application/json"]?.schema ?? found) as JsonSchema;
}

/** The body with the length of the password that it must set, which better-auth looks at after its schema. */
function bounded(body: JsonSchema): JsonSchema {
  const properties = body["properties"] as Record<string, JsonSchema>;
  const field = (body["required"] as string[]).find((name) => /^(newP|p)assword$/.test(name));
  if (field === undefined) return body;
  const length = { minLength: passwordLength.min, maxLength: passwordLength.max };
  return { ...body, properties: { ...properties, [field]: { ...properties[field], ...length } } };
}

/** The parameters of a query: those of each of its alternatives, required where all of them do. */
function queryOf(query: z.ZodType): DescribedRoute["parameters"] {
  const found = schemaOf(query);
  const ways = (found["anyOf"] as JsonSchema[] | undefined) ?? [found];
  const fields = new Map(
    ways.flatMap(({ properties }) => Object.entries((properties ?? {}) as Record<string, JsonSchema>)),
  );
  return [...fields].map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: ways.every(({ required }) => (required as string[] | undefined)?.includes(name)),
    description: typeof description === "string" ? description : `better-auth's \`${name}\``,
    schema,
  }));
}
