import { Query } from "pg";
import { prepareValue } from "pg/lib/utils.js";
import type { Rows, Statement } from "./connection.ts";
import { pgValues } from "./type-parsers.ts";

/** The part of pg's `Connection` and `Query` that this file drives (pg 8.23). */
type Wire = {
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: unknown[] }): void;
  execute(message: object): void;
};

type DrivenQuery = {
  callback: (err: Error | null, result: Rows) => void;
  prepare(wire: Wire): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleEmptyQuery(wire: Wire): void;
  handlePortalSuspended(wire: Wire): void;
  handleCopyInResponse(wire: Wire): void;
  handleCopyData(message: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
  handleError(err: Error, wire: Wire): void;
};

const DrivenQuery = Query as unknown as new (config: object) => DrivenQuery;

/** The statement as pg's query configuration. Always the extended protocol, which refuses a second statement. */
export function queryConfig({ text, values, name, shape }: Statement) {
  return {
    text,
    values: values as unknown[],
    ...(name !== undefined && { name }),
    queryMode: "extended",
    ...(shape === "array" && { rowMode: "array" as const }),
    types: pgValues[shape],
  };
}

/**
 * Two statements in one round trip and, outside a transaction block, in one implicit transaction: PostgreSQL ends it
 * only at the Sync behind the second, and skips the second when the first fails. Passed to `client.query`, which
 * sees it as one query. The rows of the first are dropped. (With pg's own `pipeline: true` each statement has a Sync
 * of its own, so that begin and commit must be sent too: a scoped read then takes a third longer.)
 */
export class Pipelined {
  readonly done: Promise<Rows>;
  readonly #first: Statement;
  readonly #second: Statement;
  #query: DrivenQuery | undefined;
  #firstDone = false;
  readonly #reject: (err: Error) => void;
  readonly #settle: (err: Error | null, rows: Rows) => void;

  constructor(first: Statement, second: Statement) {
    this.#first = first;
    this.#second = second;
    const { promise, resolve, reject } = Promise.withResolvers<Rows>();
    this.done = promise;
    this.#reject = reject;
    this.#settle = (err, rows) => (err ? reject(err) : resolve(rows));
  }

  // pg's client books a ParseComplete, and forgets a failed one, under the name and text it reads here at that moment.
  get name(): string | undefined {
    return this.#firstDone ? this.#second.name : this.#first.name;
  }

  get text(): string {
    return this.#firstDone ? this.#second.text : this.#first.text;
  }

  /** Writes both statements. An error returned, rather than thrown, means that nothing was written. */
  submit(wire: Wire): Error | null {
    let values: unknown[];
    try {
      // Here, and not in pg's Query, which would find out only with half of the messages sent.
      values = this.#second.values.map(prepareValue);
    } catch (err) {
      return err as Error;
    }
    const { name, text } = this.#second;
    const known = name === undefined ? undefined : wire.parsedStatements[name];
    if (known !== undefined && known !== text)
      return new Error(`The statement name ${name} stands for another statement on this connection`);
    this.#query = new DrivenQuery({ ...queryConfig({ ...this.#second, values }), callback: this.#settle });
    wire.stream.cork();
    try {
      this.#writeFirst(wire);
      this.#query.prepare(wire);
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  #writeFirst(wire: Wire): void {
    const { name, text, values } = this.#first;
    if (name === undefined || wire.parsedStatements[name] === undefined) {
      wire.parse({ name: name ?? "", text });
      if (name !== undefined) wire.submittedNamedStatements[name] = text;
    }
    wire.bind({ statement: name ?? "", values: values as unknown[] });
    wire.execute({});
  }

  handleRowDescription(message: unknown): void {
    this.#query?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    if (this.#firstDone) this.#query?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#firstDone) this.#query?.handleCommandComplete(message, wire);
    else this.#firstDone = true;
  }

  handleEmptyQuery(wire: Wire): void {
    this.#query?.handleEmptyQuery(wire);
  }

  handlePortalSuspended(wire: Wire): void {
    this.#query?.handlePortalSuspended(wire);
  }

  handleCopyInResponse(wire: Wire): void {
    this.#query?.handleCopyInResponse(wire);
  }

  handleCopyData(message: unknown, wire: Wire): void {
    this.#query?.handleCopyData(message, wire);
  }

  handleReadyForQuery(wire: Wire): void {
    this.#query?.handleReadyForQuery(wire);
  }

  handleError(err: Error, wire: Wire): void {
    // The server skipped the second statement's Parse, so the name is still free.
    if (!this.#firstDone && this.#second.name !== undefined) delete wire.submittedNamedStatements[this.#second.name];
    if (this.#query) this.#query.handleError(err, wire);
    else this.#reject(err);
  }
}
