import type { OpenAPIHono } from "@hono/zod-openapi";
import type { z } from "zod";
import type { AuditAction, Events } from "../core/audit.ts";
import type { Permission, Tier } from "../core/access/permission.ts";
import type { OrganizationScope, Scope } from "../core/scope.ts";
import type { Ending } from "../db/ending.ts";
import type { Owners, TrashedRow, Where } from "../db/schema/row-lists.ts";
import type { Tx } from "../db/types.ts";
import type { Directory } from "../directory/directory.ts";
import type { Env } from "./env.ts";
import type { ConsolePages, InLanguages, Names, Trashable } from "./page.ts";

/** A place that an application shows in its navigation, with what stands below it. */
export type NavigationEntry = {
  /** Unique in its module. */
  key: string;
  label: string;
  /** A path of the application, or an http(s) URL; without one it is a heading. */
  url?: string;
  icon?: string;
  /** Who sees it, and what is below it; everybody in the organization where it isn't given. */
  permission?: Permission;
  /** Ascending among its siblings; 0 where it isn't given. */
  position?: number;
  /** Where an application starts, unless the organization has its own entry point. */
  entryPoint?: boolean;
  children?: readonly NavigationEntry[];
};

/** A module's routes, made over the services that it asks for. */
export type Routes<Services> = (services: Services) => OpenAPIHono<Env>;

/** What is done in the transaction that makes a user or an organization, as that transaction's owner. */
export type Provision = (tx: Tx, id: string, at: { now: Date; trialDays: number }) => Promise<void>;

/** A person, and what is done to their rows, under row-level security. */
export type Side = { id: string; as<T>(work: (tx: Tx) => Promise<T>): Promise<T> };

/**
 * Moves what somebody set without an account to the account that they sign in to, in the transaction that deletes them.
 * What the account has already stays.
 */
export type Adopt = (from: Side, to: Side) => Promise<void>;

/** Does what all modules declare for a new user or organization, and for who comes to an account. */
export type Provisioner = {
  user(tx: Tx, userId: string): Promise<void>;
  organization(tx: Tx, organizationId: string): Promise<void>;
  adopt: Adopt;
};

/** A resource whose rows go into the organization's trash before they are gone. */
export type Trash = Trashable & {
  /** What else goes when one is purged, as a sentence for the reference. */
  cascade?: string;
  /** What the trash shows of its rows beside the name; null for other kinds' rows. */
  fields?: Readonly<Record<string, z.ZodType>>;
  /** Deleted rows, last deleted first: `limit` of them, after a position of `deletedAt` and `id`. */
  list: (scope: OrganizationScope, after: readonly string[] | null, limit: number) => Promise<TrashedRow[]>;
  /** Deletes one permanently. @throws 404 unless it is in the trash. */
  purge: (scope: OrganizationScope, id: string) => Promise<unknown>;
  /** The audit event of one that was deleted permanently. */
  purged: AuditAction;
  /**
   * Deletes up to `limit` rows that came into the trash before an instant, of all organizations. `tx` is the owner's.
   *
   * @returns them, to be recorded.
   */
  expire: (tx: Tx, before: Date, limit: number) => Promise<{ id: string; organizationId: string }[]>;
};

/** How many live rows belong to each of some rows of another resource, by its id; none where it isn't named. */
export type CountsById = (where: Where, ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Some of what the service holds of a person, as it is handed out to them. */
type PersonalData<From> = {
  /** The columns by which a row is the person's, as `table.column`. */
  by: readonly string[];
  /** How a row is shown. What this doesn't name isn't handed out: secrets, and what is about others. */
  schema: z.ZodType;
  /** All of the person's rows, a page at a time: see `inPages`. */
  read: (from: From) => AsyncIterable<readonly object[]>;
};

/** What is the person's wherever they are a member. `provenEmail` is null where their address isn't verified. */
export type AccountData = PersonalData<
  Pick<Scope, "db" | "now"> & { userId: string; provenEmail: string | null; directory: Directory }
>;

/** What is the person's in one organization that they are a member of. */
export type OrganizationData = PersonalData<OrganizationScope & { userId: string }> & {
  /** What they must hold there, for their own rows at least; null where being a member is enough. */
  permission: Permission | null;
};

/** Whose own some rows are, by their ids; ids that the organization doesn't have are left out. */
export type OwnersById = (where: Where, ids: readonly string[]) => Promise<Owners>;

/**
 * What a part of a path names, for the contract tests: a row that they make, or a value that is the same everywhere.
 * What follows from a row's table isn't said: its id, its organization, its times, what it refers to.
 */
export type Sample =
  | {
      table: string;
      /** The values without which a row can't be made. @param unique differs for each row. */
      row?: (unique: string) => Readonly<Record<string, unknown>>;
      /** The field that a path names it by; `id` where it isn't given. */
      key?: string;
    }
  | { value: string };

/**
 * One resource, whole: where it is mounted, what its routes are, what its permissions mean to the built-in roles, and
 * what it takes part in. An owner holds every permission without being named.
 */
export type Module<Services = {}> = {
  name: string;
  /** Routers by their path under /v1. `/orgs/{org}/things` is an organization's; its routes use `allow`. */
  mounts: Readonly<Record<`/${string}`, Routes<Services>>>;
  /** Who has it: everybody, or organizations that were granted it (optional, premium). */
  tier?: Tier;
  permissions?: readonly Permission[];
  /** What people call its resources and its permissions, by `task` and `task:purge`; actions such as `read` have names. */
  names?: Names;
  grants?: { admin?: readonly Permission[]; member?: readonly Permission[]; viewer?: readonly Permission[] };
  /** What its changes leave in the audit trail. Nothing else is recorded. */
  events?: Events;
  /** What it adds to every organization's navigation. */
  navigation?: readonly NavigationEntry[];
  /** Its pages in every organization's console. */
  pages?: readonly ConsolePages[];
  /** What its refusals mean to a person: by a problem's code, or by what is said of a field. Pages show it. */
  words?: Readonly<Record<string, InLanguages<string>>>;
  /** What every user or organization has from the start. */
  provision?: { user?: Provision; organization?: Provision };
  /** What of a person's goes with them when they had no account and come to one. */
  adopt?: Adopt;
  trash?: Trash;
  /** By type of resource: what own reach and `POST /v1/authorize` are decided by. */
  owners?: Readonly<Record<string, OwnersById>>;
  /** What others may show of it: how many of its rows belong to one of theirs, by the other resource and the name. */
  counts?: Readonly<Record<string, Readonly<Record<string, CountsById>>>>;
  /** What it holds of a person, by what the export of one's own data calls it. */
  exports?: {
    account?: Readonly<Record<string, AccountData>>;
    organization?: Readonly<Record<string, OrganizationData>>;
    /** Why a column that names a person isn't handed out to them, by `table.column`. */
    withheld?: Readonly<Record<string, string>>;
  };
  /** Each of its tables that hold organizations' rows, and what its paths name: `things` is for `/things/{id}`. */
  samples?: Readonly<Record<string, Sample>>;
  /** Which of its rows end by themselves, by the name under which they are counted. */
  endings?: Readonly<Record<string, Ending>>;
};
