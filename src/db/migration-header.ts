/** What a migration says of itself in the comments that it begins with. */
export type Header = {
  /**
   * Which releases work with the schema that it leaves: those that know the migration of this tag. Empty: every release
   * (`-- expand`); undefined: it says nothing, so only those that know itself.
   */
  readonly needs: string | undefined;
  /** Whether its statements are one transaction. */
  readonly together: boolean;
  /** What `db lint` finds in it and somebody wants all the same. */
  readonly accepted: readonly { readonly rule: string; readonly reason: string }[];
};

const expand = /^-- expand$/;
const contract = /^-- contract(?: after (\S+))?: \S/;
const alone = /^-- no-transaction: \S/;
const accept = /^-- accept ([\w-]+): (\S.*)$/;

const isMark = (line: string): boolean => [expand, contract, alone, accept].some((mark) => mark.test(line));

/** Reads the header of the migration `tag`. */
export function headerOf(tag: string, sql: string): Header {
  const marks = headLines(sql).filter(isMark);
  const narrowing = marks.map((line) => contract.exec(line)).find((found) => found !== null);
  const widens = marks.some((line) => expand.test(line));
  return {
    needs: narrowing ? (narrowing[1] ?? tag) : widens ? "" : undefined,
    together: !marks.some((line) => alone.test(line)),
    accepted: marks.flatMap((line) => {
      const [, rule = "", reason = ""] = accept.exec(line) ?? [];
      return rule === "" ? [] : [{ rule, reason }];
    }),
  };
}

/** A migration without its header's marks: they change nothing in the database, so that they may be added later. */
export function withoutMarks(sql: string): string {
  const head = headLines(sql);
  return [...head.filter((line) => !isMark(line)), ...sql.split("\n").slice(head.length)].join("\n");
}

function headLines(sql: string): string[] {
  const lines = sql.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("--") || line.includes("--> statement-breakpoint"));
  return end === -1 ? lines : lines.slice(0, end);
}
