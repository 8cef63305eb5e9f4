import { messages, type PGlite, protocol } from "@electric-sql/pglite";
import type { Connection, Rows, Statement } from "./connection.ts";
import { copyIn } from "./lite-copy.ts";
import { liteValues } from "./type-parsers.ts";

const { serialize } = protocol;

type Message = Awaited<ReturnType<PGlite["execProtocolStream"]>>[number];

/** What the database said of a statement's text: its parameters' types, its columns, the name it is prepared by. */
type Known = {
  readonly parameters: readonly number[];
  readonly columns: readonly { name: string; dataTypeID: number }[];
  name: string | undefined;
  uses: number;
};

const knownAtMost = 500;
/** PGlite never analyses a table by itself, so a plan would stay as it was made while the table was empty. */
const usesAtMost = 1_000;

const REPEATED = /^\s*(select|insert|update|delete|with)\b/i;
/** Commands after which a statement means what it meant before. Any other may have changed a table or a type. */
const HARMLESS =
  /^(select|insert|update|delete|merge|begin|start|commit|rollback|savepoint|release|set|reset|show|notify|listen|unlisten|lock|explain|)$/i;

/**
 * PGlite's one connection, with each statement in one message: its own `query` sends six and parses every time. A
 * statement that comes again is prepared, and planned again now and then.
 */
export function liteConnection(lite: PGlite): Connection {
  const known = new Map<string, Known>();
  const dropped: string[] = [];
  let prepared = 0;
  let altered = false;

  const send = (parts: readonly Uint8Array[]): Promise<Message[]> => {
    if (lite.closed) throw new Error("PGlite is closed");
    const closing = dropped.splice(0).map((name) => serialize.close({ type: "S", name }));
    return lite.runExclusive(() => lite.execProtocolStream(Buffer.concat([...closing, ...parts])));
  };
  const forget = (text: string) => {
    const name = known.get(text)?.name;
    if (name !== undefined) dropped.push(name);
    known.delete(text);
  };
  const forgetAll = () => [...known.keys()].forEach(forget);
  /** @param commands the tags of what has run. */
  const heed = (commands: readonly string[]) => {
    const alters = commands.some((command) => !HARMLESS.test(command));
    // What is rolled back means again what it meant before.
    if (alters || (altered && commands.includes("ROLLBACK"))) forgetAll();
    altered = (altered || alters) && lite.isInTransaction();
  };
  const ask = async (text: string): Promise<Known> => {
    const answers = await send([serialize.parse({ text }), serialize.describe({ type: "S" }), serialize.sync()]);
    const parameters = answers.find((each) => each instanceof messages.ParameterDescriptionMessage)?.dataTypeIDs ?? [];
    const columns = answers.find((each) => each instanceof messages.RowDescriptionMessage)?.fields ?? [];
    return { parameters, columns, name: undefined, uses: 0 };
  };

  async function run({ text, values, shape }: Statement): Promise<Rows> {
    let found = known.get(text);
    if (found && found.uses >= usesAtMost) {
      forget(text);
      found = undefined;
    }
    const first = found === undefined;
    const statement = found ?? (await ask(text));
    const parts: Uint8Array[] = [];
    if (!first && statement.name === undefined) {
      statement.name = `s${++prepared}`;
      parts.push(serialize.parse({ name: statement.name, text, types: [...statement.parameters] }));
    }
    const bound = values.map((value, i) => serialized(lite, value, statement.parameters[i]));
    parts.push(serialize.bind({ statement: statement.name ?? "", values: bound }), serialize.execute({}));
    parts.push(serialize.sync());
    statement.uses++;
    try {
      const answers = await send(parts);
      known.delete(text);
      if (REPEATED.test(text)) known.set(text, statement);
      if (known.size > knownAtMost) forget(known.keys().next().value ?? "");
      const rows = rowsOf(lite, answers, statement, shape);
      heed([rows.command]);
      return rows;
    } catch (err) {
      forget(text);
      throw err;
    }
  }

  return {
    run,
    async exec(sql) {
      const answers = await send([serialize.query(sql)]);
      const commands = answers.flatMap((each) => (each instanceof messages.CommandCompleteMessage ? tag(each) : []));
      heed(commands);
      return commands.at(-1) ?? "";
    },
    copyIn: (sql, chunks) => copyIn(lite, sql, chunks),
  };
}

const tag = ({ text }: messages.CommandCompleteMessage): string => text.split(" ")[0] ?? "";

function serialized(lite: PGlite, value: unknown, type: number | undefined): string | null {
  if (value === null || value === undefined) return null;
  const serializer = type === undefined ? undefined : lite.serializers[type];
  if (serializer) return serializer(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function rowsOf(lite: PGlite, answers: readonly Message[], { columns }: Known, shape: Statement["shape"]): Rows {
  const own = liteValues[shape];
  const parsers = columns.map(({ dataTypeID }) => own[dataTypeID] ?? lite.parsers[dataTypeID]);
  const parsed = (text: string | null, i: number): unknown => {
    const parse = parsers[i];
    return text === null || parse === undefined ? text : parse(text, columns[i]?.dataTypeID);
  };
  const rows: unknown[] = [];
  let [command, rowCount] = ["", 0];
  for (const answer of answers) {
    if (answer instanceof messages.DataRowMessage) {
      const values = answer.fields.map(parsed);
      rows.push(shape === "array" ? values : Object.fromEntries(values.map((value, i) => [columns[i]?.name, value])));
    } else if (answer instanceof messages.CommandCompleteMessage) {
      command = tag(answer);
      rowCount = Number(/\d+$/.exec(answer.text)?.[0] ?? 0);
    }
  }
  return { rows, rowCount, command } as Rows;
}
