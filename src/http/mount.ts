import type { Problem } from "../core/problem.ts";
import { NotFound } from "../core/problem.ts";
import { type Dialect, problemDocuments } from "./errors/dialect.ts";

/** What holds for every request under one path. */
export type Mount = {
  /** Without a slash at its end; the empty path holds what no other mount does. */
  readonly path: "" | `/${string}`;
  readonly errors: Dialect;
  /** The problem of a path under it that nothing is at. */
  readonly absent: () => Problem;
  readonly maxBodyBytes: number;
  /** Whether text that can't be stored is refused before the routes, or they read bodies themselves. */
  readonly bodies: "checked" | "unread";
  /** Whether a credential in the query is refused; mailed links carry single-use tokens there. */
  readonly credentialInUrl: "refused" | "allowed";
  /** Whether the access rules refuse changes by cookie from untrusted origins, or the mount sees to it itself. */
  readonly forgery: "refused" | "left";
};

const strict = {
  errors: problemDocuments,
  absent: () => NotFound("There is nothing at this path."),
  maxBodyBytes: 1024 * 1024,
  bodies: "checked",
  credentialInUrl: "refused",
  forgery: "refused",
} as const;

/** A mount, with the strictest of everything where `facts` doesn't say otherwise. */
export const mount = (path: Mount["path"], facts: Partial<Omit<Mount, "path">> = {}): Mount => ({
  ...strict,
  ...facts,
  path,
});

/** The mount that a path is under: the first of `mounts` that holds it. The last must hold every path. */
export const mountOf = (mounts: readonly [...Mount[], Mount], path: string): Mount =>
  mounts.find((mount) => path.startsWith(mount.path) && [undefined, "/"].includes(path[mount.path.length])) ??
  mounts.at(-1)!;
