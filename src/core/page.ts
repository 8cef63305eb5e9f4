import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { Invalid } from "./problem.ts";

/** A position in a list, opaque to clients and signed, so that only this service's cursors are followed. */
export type CursorCodec = {
  encode(list: string, position: readonly string[]): string;
  /** @throws a 422 problem for anything that `encode` didn't make for this list. */
  decode(list: string, cursor: string): string[];
};

const position = z.array(z.string());

/** @param secret keys the signature; a change of it ends the cursors in use. */
export function cursorCodec(secret: string): CursorCodec {
  const key = createSecretKey(Buffer.from(secret));
  const sign = (list: string, body: string) =>
    createHmac("sha256", key).update(`cursor\0${list}\0${body}`).digest("base64url").slice(0, 22);
  return {
    encode(list, values) {
      const body = Buffer.from(JSON.stringify(values)).toString("base64url");
      return `${body}.${sign(list, body)}`;
    },
    decode(list, cursor) {
      const dot = cursor.lastIndexOf(".");
      const [body, signature] = [cursor.slice(0, dot), cursor.slice(dot + 1)];
      const expected = Buffer.from(sign(list, body));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw Invalid("The cursor isn't one that this list gave out.", {
          errors: [{ path: "cursor", message: "must be a nextCursor of this list, with the same sort" }],
        });
      }
      return position.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
    },
  };
}

/** `?limit=&cursor=`: 1 to 100 rows, 20 where nothing is said. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: "How many at most" }),
  cursor: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .meta({ description: "The page before's `nextCursor`; the first page without one" }),
};

/**
 * `?sort=` of a list that is sorted by one of `keys`, either way. Each of them takes an index.
 *
 * @param usual the order where nothing is said.
 */
export const sortQuery = <const Key extends string>(keys: readonly Key[], usual: NoInfer<Key | `-${Key}`>) => ({
  sort: z
    .enum<(Key | `-${Key}`)[]>(keys.flatMap((key) => [key, `-${key}` as const]))
    .default(usual as never)
    .meta({ description: "Descending with a hyphen" }),
});

type KeyOf<Sort extends string> = Sort extends `-${infer Key}` ? Key : Sort;

/** What a value of `?sort=` asks for: `-createdAt` is by `createdAt`, descending. */
export const orderOf = <Sort extends string>(sort: Sort) => ({
  key: sort.replace(/^-/, "") as KeyOf<Sort>,
  direction: sort.startsWith("-") ? ("desc" as const) : ("asc" as const),
});

/** `?deleted=` of a list whose rows have a trash: whether what is in it is left out, comes along, or is the list. */
export const deletedQuery = {
  deleted: z.enum(["exclude", "include", "only"]).default("exclude").meta({ description: "What is in the trash" }),
};

/** The query of a list that takes no other parameters. */
export const PageQuery = z.object(pageQuery);
export type PageQuery = z.infer<typeof PageQuery>;

/**
 * Cuts a list that was read with one row more than asked for.
 *
 * @param position the values that the list is sorted by, ending in a unique one.
 */
export function page<Row>(
  rows: Row[],
  limit: number,
  position: (row: Row) => string,
): { data: Row[]; nextCursor: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit), nextCursor: last === undefined ? null : position(last) };
}

/** A page of a list, as the request asks for it and as it is read. */
export type ListPage = {
  /** The position after which the page begins; null for the first. */
  readonly after: readonly string[] | null;
  /** One row more than the client asked for, which shows whether another page follows. */
  readonly limit: number;
  /** @param position the values that the list is sorted by, ending in a unique one. */
  readonly cut: <Row>(
    rows: Row[],
    position: (row: Row) => readonly string[],
  ) => { data: Row[]; nextCursor: string | null };
};

/**
 * Reads `?limit=&cursor=`.
 *
 * @param list names the list and its order, so that no other list takes its cursors.
 * @throws 422 for a cursor that isn't one of this list.
 */
export function listPage(cursors: CursorCodec, list: string, query: PageQuery): ListPage {
  return {
    after: query.cursor === undefined ? null : cursors.decode(list, query.cursor),
    limit: query.limit + 1,
    cut: (rows, position) => page(rows, query.limit, (row) => cursors.encode(list, position(row))),
  };
}

/** `%` and `_` in what people search for mean themselves. */
export const likePattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

const rowsAtOnce = 500;

/**
 * Reads a whole list in pages, so that no more than one of them is in memory.
 *
 * @param read up to `limit` rows after the last row of the page before; null begins.
 */
export async function* inPages<Row>(
  read: (after: Row | null, limit: number) => PromiseLike<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, void> {
  for (let after: Row | null | undefined = null; after !== undefined;) {
    const rows: readonly Row[] = await read(after, rowsAtOnce);
    yield rows;
    after = rows.length < rowsAtOnce ? undefined : rows.at(-1);
  }
}
