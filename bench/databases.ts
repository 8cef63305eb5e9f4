import { Client } from "pg";
import type { DatabaseName } from "./subject.ts";

const names: Record<DatabaseName, string> = {
  large: "gatehouse_bench",
  small: "gatehouse_bench_small",
  plain: "gatehouse_bench_plain",
};

export interface Databases {
  /** The connection string of one of them; the server's own when none is asked for. */
  url(name: DatabaseName | undefined): string;
  version: string;
  /** Puts the backends of these databases on one core, where this machine lets us; says whether it could. */
  pin(core: number): Promise<boolean>;
  drop(): Promise<void>;
}

/** Makes the databases afresh on the server that `serverUrl` names. The caller drops them. */
export async function createDatabases(serverUrl: string, wanted: DatabaseName[]): Promise<Databases> {
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  const drop = (name: DatabaseName) => admin.query(`drop database if exists ${names[name]} with (force)`);
  for (const name of wanted) {
    await drop(name);
    await admin.query(`create database ${names[name]}`);
  }
  const shown = await admin.query<{ server_version: string }>("show server_version");

  return {
    version: shown.rows[0]?.server_version ?? "unknown",
    url(name) {
      if (name === undefined) return serverUrl;
      const url = new URL(serverUrl);
      url.pathname = `/${names[name]}`;
      return url.href;
    },
    async pin(core) {
      const text = "select pid from pg_stat_activity where datname = any($1)";
      const { rows } = await admin.query<{ pid: number }>(text, [wanted.map((name) => names[name])]);
      const taskset = Bun.which("taskset");
      if (!taskset) return false;
      return rows.every(({ pid }) => Bun.spawnSync([taskset, "-pc", String(core), String(pid)]).success);
    },
    async drop() {
      for (const name of wanted) await drop(name);
      await admin.end();
    },
  };
}
