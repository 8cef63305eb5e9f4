import { AsyncLocalStorage } from "node:async_hooks";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { Tx } from "../db/client.ts";

type Open = { adapter: DBAdapter; tx: Tx; ended: boolean };

const open = new AsyncLocalStorage<Open>();

/** Runs `run` with a transaction's adapter; adapters made by `joining` use that one meanwhile. */
export async function within<T>(tx: Tx, adapter: DBAdapter, run: (adapter: DBAdapter) => Promise<T>): Promise<T> {
  const here: Open = { adapter, tx, ended: false };
  try {
    return await open.run(here, () => run(adapter));
  } finally {
    here.ended = true;
  }
}

/** The transaction that better-auth is in here, if any. */
export function currentTransaction(): Tx | undefined {
  const here = open.getStore();
  return here && !here.ended ? here.tx : undefined;
}

/**
 * `outer`, with each call inside a transaction going to the transaction. Some of better-auth's routes reach for the
 * outer adapter there: they would read past their own writes, and PGlite's one connection would wait for itself.
 */
export function joining(outer: DBAdapter): DBAdapter {
  const joined: Record<string, unknown> = { ...outer };
  for (const name of Object.keys(outer) as (keyof DBAdapter)[]) {
    if (typeof outer[name] !== "function") continue;
    joined[name] = (...args: unknown[]) => {
      const here = open.getStore();
      const method = (here && !here.ended ? here.adapter : outer)[name] as (...args: unknown[]) => unknown;
      return method(...args);
    };
  }
  return joined as DBAdapter;
}
