import { indexBuiltBy } from "../db/migration-apply.ts";
import type { Header } from "../db/migration-header.ts";
import { type SqlStatement, sqlStatements } from "../db/sql-text.ts";

/** A statement that stops the service, or an older release of it, and what to write instead. */
export type Finding = { readonly line: number; readonly rule: string; readonly advice: string };

/** What a rule knows beside the statement: tables that the same migration makes are empty, and nobody uses them yet. */
type Place = { made(statement: string): boolean; sql: string; together: boolean };

type Rule = {
  readonly name: string;
  readonly finds: (text: string, place: Place) => boolean;
  /** Ends the sentence “it …; …”. */
  readonly advice: string;
};

const name = String.raw`(?:"[^"]+"|[\w.]+)(?:\."[^"]+")?`;
const re = (text: string): RegExp => new RegExp(text.replaceAll("NAME", name), "i");
const table = re(
  String.raw`^(?:alter table|create (?:unique )?index .*? on|update|delete from|insert into)(?: if exists)?(?: only)? (NAME)`,
);
const created = re(String.raw`^create (?:unlogged )?table (?:if not exists )?(NAME)`);
const newColumn = (rest: string) =>
  re(String.raw`^alter table .*\badd (?:column )?(?!column|constraint|check|foreign|unique|primary|exclude)${rest}`);
const anotherTable = (pattern: RegExp) => (text: string, place: Place) => pattern.test(text) && !place.made(text);

/** Rules for what locks others out for as long as a table is long, or fails once there are rows. */
const blocking: readonly Rule[] = [
  {
    name: "index-lock",
    finds: anotherTable(/^(create (unique )?index (?!concurrently)|reindex (?!.*concurrently))/i),
    advice:
      "stops writes while the index is built; use `create index concurrently` in a file of its own with `-- no-transaction: …`",
  },
  {
    name: "not-null",
    finds: (text, place) =>
      !place.made(text) &&
      (newColumn(String.raw`.*\bnot null(?!.*\b(default|generated)\b)(?<!\b(default|generated)\b.*)`).test(text) ||
        (/^alter table .*\bset not null\b/i.test(text) && !place.sql.includes("validate constraint"))),
    advice:
      "fails or scans where there are rows; add the column as nullable, backfill it, add `check (… is not null) not valid`, and in the next migration `validate constraint`, `set not null` and drop the check",
  },
  {
    name: "constraint-scan",
    finds: anotherTable(
      re(String.raw`^alter table .*\badd (constraint NAME )?(foreign key|check)\b(?!.*\bnot valid\b)`),
    ),
    advice: "checks every row under a lock; add it `not valid`, and `validate constraint` in the next migration",
  },
  {
    name: "validate-at-once",
    finds: (text, place) => {
      const constraint = re(String.raw`\bvalidate constraint (NAME)`).exec(text)?.[1];
      return (
        constraint !== undefined &&
        !place.made(text) &&
        place.sql.includes(`add constraint ${constraint.toLowerCase()} `)
      );
    },
    advice: "checks every row while the lock of adding it is held; validate it in the next migration",
  },
  {
    name: "unique-scan",
    finds: anotherTable(
      re(String.raw`^alter table .*\badd (constraint NAME )?(unique|primary key|exclude)\b(?! using index)`),
    ),
    advice:
      "builds its index under a lock; build it with `create unique index concurrently` first, then `add constraint … using index`",
  },
  {
    name: "rewrite",
    finds: (text, place) =>
      !place.made(text) &&
      (newColumn(
        String.raw`.*\b(default .*\b(gen_random_uuid|random|clock_timestamp|nextval|uuidv7)\(|(small|big)?serial\b|generated\b)`,
      ).test(text) ||
        /^(alter table .*\bset ((un)?logged|tablespace)\b|cluster\b|vacuum full\b|truncate\b)/i.test(text)),
    advice:
      "rewrites the whole table under a lock; add a column without it, set the default for new rows, and backfill the others",
  },
  {
    name: "data",
    finds: anotherTable(/^(update\b|delete from\b|insert into .*\bselect\b|with .*\b(update|delete from)\b)/i),
    advice: "changes rows in one transaction, however many there are; declare it in src/db/backfills.ts",
  },
];

/** Rules for what takes away something that an older release uses: such a file is `-- contract`. */
const narrowing: readonly Rule[] = [
  {
    name: "drop",
    finds: (text) =>
      /^(drop (table|view|materialized view|sequence|type|schema|function)\b|alter table .*\bdrop (?!constraint|expression|identity|not null|default))/i.test(
        text,
      ),
    advice:
      "takes away what an older release may use; first ship one that doesn't, then drop it in a file that begins with `-- contract after TAG: …`",
  },
  {
    name: "rename",
    finds: anotherTable(/^alter (table|view|type|sequence) .*\brename\b(?! constraint)/i),
    advice:
      "no release knows both names; add the new column, write both, backfill, and drop the old one in a later `-- contract after TAG: …`",
  },
  {
    name: "type-change",
    finds: anotherTable(/^alter table .*\balter (column )?\S+ (set data )?type\b/i),
    advice:
      "rewrites the table under a lock, under an older release that reads the old type; add a column of the new type, write both, backfill, and drop the old one later",
  },
];

/** What can't run as the file is. */
const form: readonly Rule[] = [
  {
    name: "concurrently",
    finds: (text, { together }) =>
      together &&
      /^(create (unique )?index|drop index|reindex .*|refresh materialized view) concurrently\b/i.test(text),
    advice: "can't run in a transaction; give it a file of its own that begins with `-- no-transaction: …`",
  },
  {
    name: "repeatable",
    finds: (text, { together }) =>
      !together &&
      indexBuiltBy(text) === undefined &&
      !/^(drop .*\bif exists\b|alter table .*\bvalidate constraint\b|alter type .* add value if not exists\b|set |reindex .*concurrently\b|analyze\b|vacuum\b)/i.test(
        text,
      ),
    advice:
      "would run twice where the file was cut off; without a transaction each statement must be one that can be repeated",
  },
];

/** Whether a migration takes away something that an older release may use. */
export const narrows = (sql: string): boolean =>
  lint(sql, { needs: "", together: true, accepted: [] }).some(({ rule }) =>
    narrowing.some(({ name }) => name === rule),
  );

/**
 * What in a migration would stop a service that runs, or a release before it.
 *
 * @param header what the file accepts is not found; what it accepts in vain is.
 */
export function lint(sql: string, header: Header): Finding[] {
  const statements = sqlStatements(sql);
  const made = new Set(statements.flatMap(({ text }) => bareName(created.exec(text)?.[1])));
  const place: Place = {
    made: (text) => bareName(table.exec(text)?.[1]).some((each) => made.has(each)),
    sql: sql.toLowerCase(),
    together: header.together,
  };
  const by = (rules: readonly Rule[]) =>
    statements.flatMap(({ text, line }: SqlStatement) =>
      rules.filter(({ finds }) => finds(text, place)).map(({ name: rule, advice }) => ({ line, rule, advice })),
    );
  const narrows = by(narrowing);
  const contracts = header.needs !== undefined && header.needs !== "";
  const found = [...by(form), ...by(blocking), ...(contracts ? [] : narrows)];
  const accepted = new Set(header.accepted.map(({ rule }) => rule));
  return [
    ...(header.needs === undefined ? [unmarked] : []),
    ...found.filter(({ rule }) => !accepted.has(rule)).toSorted((a, b) => a.line - b.line),
    ...[...accepted].filter((rule) => !found.some((each) => each.rule === rule)).map(inVain),
  ];
}

const unmarked: Finding = {
  line: 1,
  rule: "unmarked",
  advice:
    "doesn't say which releases work with it; begin it with `-- expand` where each before it does, else with `-- contract after TAG: …`, the migration since which nothing uses what it takes away",
};

const inVain = (rule: string): Finding => ({
  line: 1,
  rule: "accept",
  advice: `accepts ${rule}, which is not in it; take that line away`,
});

/** `"public"."user"` and `user` are one. */
const bareName = (text: string | undefined): string[] =>
  text === undefined
    ? []
    : [
        text
          .replaceAll('"', "")
          .toLowerCase()
          .replace(/^public\./, ""),
      ];
