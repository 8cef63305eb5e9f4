/** What is read of a schema. */
export type Schema = {
  $ref?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
};

export type Answer = { $ref?: string; description: string; content?: Record<string, { schema?: Schema }> };

export type Operation = {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  security: readonly string[];
  parameters: readonly Parameter[];
  body: Schema | undefined;
  answers: readonly (Answer & { status: string })[];
};

export type Section = { slug: string; name: string; description: string; operations: readonly Operation[] };

/** The API, as its document describes it. */
export type Reference = { baseUrl: string; sections: readonly Section[]; resolve: (schema: Schema) => Schema };

type Described = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, Answer>;
};

export type Document = {
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Answer> };
};

/** Reads an OpenAPI document. */
export function readReference({ servers, tags, paths, components }: Document): Reference {
  const named = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      tag: described.tags?.[0] ?? "",
      id: described.operationId ?? `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      summary: described.summary ?? path,
      description: described.description ?? "",
      security: (described.security ?? []).flatMap((each) => Object.keys(each)),
      parameters: described.parameters ?? [],
      body: described.requestBody?.content["application/json"]?.schema,
      answers: Object.entries(described.responses).map(([status, answer]) => ({
        status,
        ...(answer.$ref === undefined ? answer : (components.responses[named(answer.$ref)] ?? answer)),
      })),
    })),
  );
  return {
    baseUrl: servers[0]?.url ?? "",
    sections: tags.map(({ name, description }) => ({
      slug: slugOf(name),
      name,
      description,
      operations: operations.filter(({ tag }) => tag === name),
    })),
    resolve: (schema) => (schema.$ref === undefined ? schema : (components.schemas[named(schema.$ref)] ?? {})),
  };
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
