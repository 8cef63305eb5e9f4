export type SqlStatement = {
  /** Without comments, in one line; what is quoted by ' or $ is left empty. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
};

// What isn't code, and what quotes a name: a semicolon in it ends nothing.
const token =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|;|\s+|[^\s;'"$/-]+|[\s\S]/g;

/** The statements of a script, one after the other. */
export function sqlStatements(sql: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let line = 1;
  let text = "";
  let begins = 1;
  const end = () => {
    const trimmed = text.trim();
    if (trimmed !== "") statements.push({ text: trimmed, line: begins });
    text = "";
  };
  for (const [part] of sql.matchAll(token)) {
    const blank = /^(--|\/\*|\s)/.test(part) && part !== "-";
    if (!blank && text.trim() === "") begins = line;
    if (part === ";") end();
    else text += blank ? (text.endsWith(" ") ? "" : " ") : shown(part);
    line += part.split("\n").length - 1;
  }
  end();
  return statements;
}

function shown(part: string): string {
  if (part.startsWith("'")) return "''";
  return /^\$\w*\$./s.test(part) ? "$$" : part;
}
