import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import type { Permission } from "../core/access/permission.ts";
import type { OrganizationAccess, UserPrincipal } from "../core/principal.ts";
import type { FieldError } from "../core/problem.ts";
import type { Bindings, Env, Variables } from "./env.ts";

/** The languages that pages speak. `xx` is English with each text in brackets, by which tests find what isn't translated. */
export type Language = "en" | "de" | "xx";

/** The same messages in every language; texts with parts in them are functions. */
export type InLanguages<Messages> = Readonly<Record<Language, Messages>>;

/** How a resource looks in JSON: what a schema's output is once it has gone over the wire. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** A page of a list, as the API answers it. */
export type WirePage<Row> = { data: Wire<Row>[]; nextCursor: string | null };

/** What the API refused. Thrown by `Api`; pages turn it into words. */
export class ApiFailure extends Error {
  override name = "ApiFailure";
  constructor(
    readonly status: number,
    /** In lower case, also where better-auth writes it in capitals. */
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfter: string | null = null,
  ) {
    super(`${status} ${code}: ${detail}`);
  }
}

/** A resource with its version. */
export type Versioned<T> = { body: T; etag: string };

type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * The service's own API, called within the process as the person who looks at the page: what it refuses a client, it
 * refuses a page. All of it throws `ApiFailure`.
 */
export type Api = {
  get<T>(path: string, query?: Query): Promise<T>;
  /** Reads one resource with its version, which a form about it carries. */
  read<T>(path: string, query?: Query): Promise<Versioned<T>>;
  /** @param options.ifMatch the version that the person saw. */
  send<T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: object,
    options?: { ifMatch?: string },
  ): Promise<T>;
  /** Calls a route of better-auth, `/sign-in/email`; by POST where there is a body. Its cookies go on to the browser. */
  auth<T>(path: string, body?: object): Promise<T>;
};

/** What people call things that have a name in code. */
export type Names = Readonly<Record<string, InLanguages<string>>>;

/** What is the same on every page. */
export type Site = {
  /** Where the service is, whatever host and scheme a request came by: behind a proxy it comes by others. */
  baseUrl: string;
  brand: { readonly name: string; readonly color: string; readonly ink: string; readonly logoUrl: string | null };
  /** Where the stylesheet and the script are. */
  assets: { readonly css: string; readonly js: string };
  /** The pages that modules add to the console. */
  pages: readonly ConsolePages[];
  /** What their trash holds. */
  trash: readonly Trashable[];
  /** What modules' own refusals mean to a person: see `Module.words`. */
  words: Readonly<Record<string, InLanguages<string>>>;
  /** The events that modules leave in the audit trail: `project.created`. */
  events: readonly string[];
  /** What modules call their resources and permissions. */
  names: Names;
};

/** What a page is made from. */
export type Page = {
  readonly site: Site;
  /** When the page was asked for. */
  readonly now: Date;
  /** Of the request. */
  readonly path: string;
  readonly language: Language;
  /** Whether the person has chosen light or dark; null as the device has it. */
  readonly theme: "light" | "dark" | null;
  /** The IANA time zone that the person has chosen; null as the device has it. */
  readonly timezone: string | null;
  /** Who is signed in. */
  readonly viewer: UserPrincipal | null;
  /** Whether they have signed in recently enough for what is sensitive. */
  readonly recent: boolean;
  /** The organization that the path names, on pages about one. */
  readonly organization: OrganizationAccess | null;
  readonly api: Api;
  /** What the last form achieved, told once. */
  readonly told: string | null;
  /** The messages in the page's language. */
  say: <Messages>(messages: InLanguages<Messages>) => Messages;
  /** Whether the viewer holds all of these in the organization, for their own rows at least. Decides what is offered. */
  may: (...permissions: Permission[]) => boolean;
};

export type PageVariables = Variables & {
  page: Page;
  /** Signs what is told to the next page. */
  tellBy: string;
};
export type PageEnv = { Bindings: Bindings; Variables: PageVariables };

/** Pages of a resource, mounted under `/console/{org}`. */
export type ConsolePages = {
  /** Below the organization: `/projects`. */
  path: `/${string}`;
  /** What the menu calls them; without one they stand on another page only. */
  label?: InLanguages<string>;
  /** Who is offered them; the API decides who may do what. */
  permission: Permission;
  routes: () => Hono<PageEnv>;
  /** What they show on the page of one other resource: the tasks of a project. `organization` is the overview. */
  section?: { on: string; show: (c: Context<PageEnv>, id: string) => Promise<Child> };
};

/** A kind of row that the trash holds, as pages show it. Its names and permissions go by the kind. */
export type Trashable = {
  /** What the trash calls one: `project`. */
  kind: string;
  /** Where its rows are purged: `/trash/{path}/{id}`. */
  path: string;
  /** What somebody needs who deletes one permanently. */
  permission: Permission;
  /** What its rows stand below, where that isn't the organization: `projects`, with the field that says which. */
  within?: { path: string; field: string };
};

/** The application that pages ask, once it is whole. */
export type Inner = Pick<OpenAPIHono<Env>, "fetch">;
