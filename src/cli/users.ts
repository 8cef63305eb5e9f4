import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { countKnown, type ImportedUser, importUsers } from "../directory/import-users.ts";
import type { FirebaseProject } from "../passwords/formats/firebase-scrypt.ts";
import { importedFields, readFirebaseProject, readUser } from "./imported-user.ts";
import { type FileRecord, formats, type RecordFormat, recordsOf } from "./records.ts";
import { exits, exitWith, note, printAll, Refusal, withDeps } from "./run.ts";

/** People in one transaction. */
const batchSize = 500;
const linesPerNote = 10_000;

type Options = { format?: RecordFormat; firebase?: string; dryRun?: true; resume?: true };

/** `users …`: people as data. */
export function userCommands(program: Command): void {
  program
    .command("users")
    .description("People, as data.")
    .command("import")
    .description(
      `Import people from another system, with the hashes of their passwords: NDJSON, or CSV with a first line of names. Fields: ${importedFields.join(", ")}; only email is required. Who is there already is skipped. What is refused goes to standard output, a JSON line each.`,
    )
    .argument("<file>", "a file that ends in .ndjson, .jsonl or .csv")
    .addOption(new Option("--format <format>", "where its name doesn't say it").choices(formats))
    .option("--firebase <file>", "the hash_config that Firebase shows, for records with a passwordSalt")
    .option("--dry-run", "read and check everything, and write nothing")
    .option("--resume", "go on after the last line that an interrupted import of this file has committed")
    .action(importFile);
}

async function importFile(file: string, options: Options): Promise<void> {
  const format = options.format ?? formatOf(file);
  const firebase = options.firebase === undefined ? null : await firebaseProject(options.firebase);
  const checkpoint = await openCheckpoint(file);
  const after = options.resume ? await checkpoint.read() : 0;
  if (after > 0) note(`going on after line ${after}`);
  const counts = { imported: 0, known: 0, refused: 0 };
  const summary = (line: number) =>
    `${line} lines: ${counts.imported} ${options.dryRun ? "to import" : "imported"}, ${counts.known} there already, ${counts.refused} refused`;
  let last = after;
  await withDeps(async (deps) => {
    const write = async (people: readonly ImportedUser[]): Promise<number> => {
      if (!options.dryRun) return importUsers(deps, people);
      return (
        people.length -
        (await countKnown(
          deps.database,
          people.map(({ email }) => email),
        ))
      );
    };
    for await (const batch of batchesOf(recordsOf(file, format, importedFields), after, firebase)) {
      const made = batch.people.length > 0 ? await write(batch.people) : 0;
      await printAll(batch.refused.map((refused) => JSON.stringify(refused)));
      counts.imported += made;
      counts.known += batch.people.length - made;
      counts.refused += batch.refused.length;
      if (Math.floor(batch.line / linesPerNote) > Math.floor(last / linesPerNote)) {
        note(summary(batch.line));
        // The collector lets a process that only reads grow to a gigabyte before it looks.
        Bun.gc(true);
      }
      last = batch.line;
      if (!options.dryRun) await checkpoint.write(last);
    }
  });
  note(`done: ${summary(last)}`);
  if (!options.dryRun) await checkpoint.remove();
  if (counts.refused > 0) exitWith(exits.unfinished);
}

type Batch = {
  people: ImportedUser[];
  refused: { line: number; field: string | null; reason: string }[];
  line: number;
};

async function* batchesOf(
  records: AsyncIterable<FileRecord>,
  after: number,
  firebase: FirebaseProject | null,
): AsyncGenerator<Batch> {
  let batch: Batch = { people: [], refused: [], line: after };
  for await (const { line, ...record } of records) {
    if (line <= after) continue;
    batch.line = line;
    const read = "fault" in record ? { field: null, reason: record.fault } : readUser(record.fields, firebase);
    if ("reason" in read) batch.refused.push({ line, ...read });
    else batch.people.push(read);
    if (batch.people.length + batch.refused.length < batchSize) continue;
    yield batch;
    batch = { people: [], refused: [], line };
  }
  if (batch.people.length + batch.refused.length > 0) yield batch;
}

function formatOf(file: string): RecordFormat {
  if (/\.(ndjson|jsonl)$/i.test(file)) return "ndjson";
  if (/\.csv$/i.test(file)) return "csv";
  throw new Refusal("say by --format whether the file is ndjson or csv");
}

async function firebaseProject(file: string): Promise<FirebaseProject> {
  const project = readFirebaseProject(await readFile(file, "utf8"));
  if (project) return project;
  throw new Refusal(`${file} doesn't have base64_signer_key, base64_salt_separator, rounds and mem_cost`);
}

/** Where an import is, beside its file. It fits this very file, not one that has changed since. */
async function openCheckpoint(file: string) {
  const { size, mtimeMs } = await stat(file).catch(() => {
    throw new Refusal(`${file} can't be read`);
  });
  const path = `${file}.checkpoint`;
  const content = (line: number) => JSON.stringify({ size, mtimeMs, line });
  return {
    async read(): Promise<number> {
      const text = await readFile(path, "utf8").catch(() => "{}");
      const { line } = JSON.parse(text) as { line?: number };
      if (line === undefined) throw new Refusal(`there is no ${path} to go on from`);
      if (text !== content(line)) throw new Refusal(`${file} has changed since ${path} was written`);
      return line;
    },
    async write(line: number): Promise<void> {
      await writeFile(`${path}.new`, content(line));
      await rename(`${path}.new`, path);
    },
    remove: () => rm(path, { force: true }),
  };
}
