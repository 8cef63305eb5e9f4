const breakpoint = "--> statement-breakpoint";

/** The statements of a migration as drizzle-kit writes it. */
export const statementsOf = (sql: string): string[] =>
  sql
    .split(breakpoint)
    .map((statement) => statement.trim())
    .filter(Boolean);

/** Statements as one migration. */
export const migrationOf = (statements: readonly string[]): string => `${statements.join(`${breakpoint}\n`)}\n`;

// What makes something, and what takes it away again. Where `table` is made here too, dropping that is enough.
const inverses: readonly (readonly [RegExp, (name: string, table: string) => string])[] = [
  [/^CREATE TABLE "(?<name>[^"]+)"/, (name) => `DROP TABLE "${name}";`],
  [/^CREATE TYPE (?<name>"public"\."[^"]+")/, (name) => `DROP TYPE ${name};`],
  [/^CREATE VIEW (?<name>"public"\."[^"]+")/, (name) => `DROP VIEW ${name};`],
  [/^CREATE SEQUENCE (?<name>"public"\."[^"]+")/, (name) => `DROP SEQUENCE ${name};`],
  [/^CREATE (?:UNIQUE )?INDEX "(?<name>[^"]+)" ON "(?<table>[^"]+)"/, (name) => `DROP INDEX "${name}";`],
  [
    /^ALTER TABLE "(?<table>[^"]+)" ADD COLUMN "(?<name>[^"]+)"/,
    (name, table) => `ALTER TABLE "${table}" DROP COLUMN "${name}";`,
  ],
  [
    /^ALTER TABLE "(?<table>[^"]+)" ADD CONSTRAINT "(?<name>[^"]+)"/,
    (name, table) => `ALTER TABLE "${table}" DROP CONSTRAINT "${name}";`,
  ],
  [
    /^ALTER TABLE "(?<table>[^"]+)" ALTER COLUMN "(?<name>[^"]+)" SET NOT NULL/,
    (name, table) => `ALTER TABLE "${table}" ALTER COLUMN "${name}" DROP NOT NULL;`,
  ],
];

/**
 * What undoes these statements, last first.
 *
 * @returns the statements, and those of the migration that drop or alter something, which only a person can undo.
 */
export function undoOf(statements: readonly string[]): { statements: string[]; byHand: string[] } {
  const made = new Set(statements.flatMap((statement) => /^CREATE TABLE "([^"]+)"/.exec(statement)?.[1] ?? []));
  const undo: string[] = [];
  const byHand: string[] = [];
  for (const statement of statements.toReversed()) {
    const found = inverses
      .map(([pattern, inverse]) => ({ groups: pattern.exec(statement)?.groups, inverse }))
      .find(({ groups }) => groups);
    const { name = "", table = "" } = found?.groups ?? {};
    if (!found) byHand.push(statement);
    else if (!made.has(table)) undo.push(found.inverse(name, table));
  }
  // In one statement, since tables refer to one another.
  const dropped = undo.flatMap((statement) => /^DROP TABLE ("[^"]+");$/.exec(statement)?.[1] ?? []);
  const tables = dropped.length > 0 ? [`DROP TABLE ${dropped.join(", ")};`] : [];
  const at = undo.findIndex((statement) => statement.startsWith("DROP TABLE "));
  const others = undo.filter((statement) => !statement.startsWith("DROP TABLE "));
  return { statements: others.toSpliced(at, 0, ...tables), byHand: byHand.toReversed() };
}

/** The down file of a migration. What only a person can undo makes it refuse to run until it is written. */
export function downFileOf(tag: string, statements: readonly string[]): { sql: string; finished: boolean } {
  const undo = undoOf(statements);
  if (statements.length > 0 && undo.byHand.length === 0) return { sql: migrationOf(undo.statements), finished: true };
  const lines = undo.byHand.flatMap((statement) => statement.split("\n")).map((line) => `--   ${line}`);
  const guard = [
    "-- Write here by hand what undoes this, and take the next statement away:",
    ...(lines.length > 0 ? lines : [`--   all of ${tag}.sql`]),
    `DO $$ BEGIN RAISE EXCEPTION 'drizzle/down/${tag}.sql is to be finished by hand'; END $$;`,
  ].join("\n");
  return { sql: migrationOf([guard, ...undo.statements]), finished: false };
}
