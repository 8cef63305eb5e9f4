import { join } from "node:path";

export const root = join(import.meta.dir, "../..");

export type Import = { from: string; typeOnly: boolean; line: number; text: string };
export type Source = { path: string; text: string; imports: Import[] };

const statement = /^(?:import|export)\s+(?!type\s+\w+\s*=)([^"'`;]*?)\s*from\s*"([^"]+)"|^import\s*"([^"]+)"/gm;
const expression = /(typeof\s+)?\bimport\(\s*"([^"]+)"\s*\)/g;

/** What a file imports and exports from elsewhere; `typeOnly` where nothing of it is left at run time. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const line = (at: number) => text.slice(0, at).split("\n").length;
  for (const match of text.matchAll(statement)) {
    const [whole, clause = "", from, bare] = match;
    const names = /\{([^}]*)\}/
      .exec(clause)?.[1]
      ?.split(",")
      .filter((name) => name.trim() !== "");
    const unbraced = clause.replace(/\{[^}]*\}/, "").replaceAll(/[\s,]/g, "");
    const everyType = names !== undefined && unbraced === "" && names.every((name) => /^\s*type\s/.test(name));
    const typeOnly = bare === undefined && (/^type\b/.test(clause) || everyType);
    found.push({ from: from ?? bare ?? "", typeOnly, line: line(match.index), text: whole });
  }
  for (const match of text.matchAll(expression)) {
    const [whole, type, from = ""] = match;
    found.push({ from, typeOnly: type !== undefined, line: line(match.index), text: whole });
  }
  return found;
}

/** Every TypeScript file below these folders, by its path from the root. */
export async function sources(...folders: string[]): Promise<Source[]> {
  const paths: string[] = [];
  for (const folder of folders)
    for await (const path of new Bun.Glob(`${folder}/**/*.{ts,tsx}`).scan({ cwd: root })) paths.push(path);
  return await Promise.all(
    paths.toSorted().map(async (path) => {
      const text = await Bun.file(join(root, path)).text();
      return { path, text, imports: importsOf(text) };
    }),
  );
}

/** The text with comments blanked, so that a word in one isn't taken for code; lines stay where they are. */
export const withoutComments = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|[\s;{}(),])\/\/[^\n]*/g, "$1");
