import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { Refusal } from "./run.ts";

/** One record of a file, by the number of its last line; or what keeps it from being read. */
export type FileRecord = { line: number } & ({ fields: Record<string, unknown> } | { fault: string });

export const formats = ["ndjson", "csv"] as const;
export type RecordFormat = (typeof formats)[number];

/** A record holds a user, who has no more. It bounds what is in memory. */
const longestRecord = 64 * 1024;

/**
 * Reads a file record by record, whatever its size.
 *
 * @param known the names that the first line of CSV may have.
 * @throws Refusal where the rest of it can't be read.
 */
export const recordsOf = (file: string, format: RecordFormat, known: readonly string[]): AsyncGenerator<FileRecord> =>
  format === "csv" ? csvRecords(file, known) : jsonRecords(file);

async function* jsonRecords(file: string): AsyncGenerator<FileRecord> {
  for await (const { line, text } of linesOf(file)) {
    if (text === null) yield { line, fault: `has more than ${longestRecord} bytes` };
    else if (text.trim() !== "") yield { line, ...readJson(text) };
  }
}

function readJson(text: string): { fields: Record<string, unknown> } | { fault: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { fields: { ...value } };
  } catch {
    // The parser's own message would quote the line.
  }
  return { fault: "isn't a JSON object" };
}

/** A file's lines; null for one that is too long. */
async function* linesOf(file: string): AsyncGenerator<{ line: number; text: string | null }> {
  let [line, rest, tooLong] = [0, Buffer.alloc(0), false];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, end);
      const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
      yield { line: ++line, text: tooLong || bytes.length > longestRecord ? null : bytes.toString() };
      [from, rest, tooLong] = [end + 1, Buffer.alloc(0), false];
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > longestRecord) [rest, tooLong] = [Buffer.alloc(0), true];
  }
  if (rest.length > 0 || tooLong) yield { line: line + 1, text: tooLong ? null : rest.toString() };
}

async function* csvRecords(file: string, known: readonly string[]): AsyncGenerator<FileRecord> {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true };
  const parser = parse({ ...options, max_record_size: longestRecord });
  // A failure to read reaches who reads the parser, below.
  pipeline(createReadStream(file), parser, () => {});
  let names: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const line = info.lines;
      if (!names) names = namesIn(record, known);
      else if (record.length === names.length) yield { line, fields: fieldsOf(names, record) };
      else yield { line, fault: `has ${record.length} columns, and the first line ${names.length}` };
    }
  } catch (err) {
    // The parser's own message quotes the line, which may hold a hash.
    if (!(err instanceof CsvError)) throw err;
    const { lines } = err as unknown as { lines: number };
    throw new Refusal(`${file} isn't CSV at line ${lines} (${err.code}); what is before it was read`);
  }
}

function namesIn(header: readonly string[], known: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const odd = names.find((name, at) => !known.includes(name) || names.indexOf(name) !== at);
  if (odd === undefined) return names;
  throw new Refusal(`the first line has ${odd.slice(0, 80)}; its names are ${known.join(", ")}, each once`);
}

/** In CSV nothing is told apart from an empty text. */
const fieldsOf = (names: readonly string[], record: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name, at) => [name, record[at]] as const).filter(([, value]) => value !== ""));
