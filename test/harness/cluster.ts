import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";

/** A PostgreSQL server of the test's own, to be stopped at will. */
export interface Cluster extends AsyncDisposable {
  readonly url: string;
  /** Holds its data; for what else the test has to keep. */
  readonly directory: string;
  start(): Promise<void>;
  /** Cuts every connection. */
  stop(): Promise<void>;
}

const installed = [
  ...new Bun.Glob("/usr/lib/postgresql/*/bin/initdb").scanSync({ absolute: true, root: "/" } as never),
];

/** Where PostgreSQL's programs are; null where they aren't. */
export const postgresPrograms: string | null =
  installed
    .toSorted()
    .at(-1)
    ?.replace(/\/initdb$/, "") ??
  Bun.which("initdb")?.replace(/\/initdb$/, "") ??
  null;

export async function openCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-cluster-"));
  const data = join(directory, "data");
  const port = await freePort();
  // PostgreSQL refuses to run as root.
  const root = process.getuid?.() === 0;
  if (root) await chown(directory, Number(await said(["id", "-u", "postgres"])), -1);
  const run = (program: string, ...args: string[]) =>
    said([...(root ? ["runuser", "-u", "postgres", "--"] : []), `${postgresPrograms}/${program}`, ...args]);
  const options = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=off`;
  const start = async () =>
    void (await run("pg_ctl", "-D", data, "-l", join(directory, "log"), "-o", options, "-w", "start"));
  const stop = async () => void (await run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"));
  await run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync");
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    directory,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop().catch(() => {});
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function said(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { cwd: tmpdir(), stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${err}${out}`);
  return out.trim();
}
