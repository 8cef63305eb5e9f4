import { z } from "zod";
import { OperatorError } from "../core/operator-error.ts";

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/);
const count = z.number().int().min(0);

/** What a backup says of itself: `manifest.json`, written last. */
const manifest = z.object({
  format: z.literal(1),
  /** UTC, so that names sort by age. */
  name: fileName,
  madeAt: z.iso.datetime(),
  release: z.string(),
  database: z.enum(["postgres", "pglite"]),
  /** PostgreSQL's major version. */
  version: count,
  /** What was applied, in order. */
  schema: z.array(z.object({ tag: z.string(), checksum: z.string() })).min(1),
  tables: z.array(z.object({ name: identifier, rows: count, columns: z.array(identifier), file: fileName.nullable() })),
  sequences: z.array(z.object({ name: identifier, value: z.string().regex(/^-?\d+$/) })),
  files: z.array(z.object({ name: fileName, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** Of AUTH_SECRET, which isn't in the backup: enough to see that another one is another one. */
  secret: z.string().nullable(),
});

export type Manifest = z.infer<typeof manifest>;

/** The largest manifest that is read, in bytes. */
export const manifestBytesMax = 4 * 1024 * 1024;

export const manifestFile = "manifest.json";

/** @throws OperatorError for what isn't a manifest, or one of a later form. */
export function readManifest(text: string, name: string): Manifest {
  const parsed = manifest.safeParse(parsedJson(text));
  if (parsed.success && parsed.data.name === name) return parsed.data;
  throw new OperatorError(
    `the backup ${name} can't be read: its ${manifestFile} is damaged, or of another program; choose another backup (db backups)`,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `20261122T024943123Z` */
export const nameOf = (madeAt: Date): string => madeAt.toISOString().replaceAll(/[-:.]/g, "");

/** The time in a backup's name; null for what isn't the name of one. */
export function timeIn(name: string): Date | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(name);
  if (!parts) return null;
  const [, year, month, day, hour, minute, second, ms] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

export const rowsOf = ({ tables }: Manifest): ReadonlyMap<string, number> =>
  new Map(tables.map(({ name, rows }) => [name, rows]));

export const bytesOf = ({ files }: Manifest): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
