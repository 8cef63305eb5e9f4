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
  /** Every process of it stands still, its connections open, until `thaw`. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** A second server that follows this one until it is promoted. */
  standby(): Promise<Standby>;
}

export interface Standby extends AsyncDisposable {
  readonly url: string;
  /** Takes writes of its own from now on, whether the server that it followed lives or not. */
  promote(): Promise<void>;
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

/** @param parent the directory that holds its data. */
export async function openCluster(parent = tmpdir()): Promise<Cluster> {
  const directory = await mkdtemp(join(parent, "gatehouse-cluster-"));
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
  const signal = async (name: NodeJS.Signals) => {
    const postmaster = Number((await Bun.file(join(data, "postmaster.pid")).text()).split("\n")[0]);
    const children = await Bun.file(`/proc/${postmaster}/task/${postmaster}/children`).text();
    for (const pid of [postmaster, ...children.trim().split(" ").filter(Boolean).map(Number)]) process.kill(pid, name);
  };
  await run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync");
  await start();
  return {
    url: urlOf(port),
    directory,
    start,
    stop,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async standby() {
      const copy = join(directory, `standby-${Bun.randomUUIDv7()}`);
      const itsPort = await freePort();
      await run(
        "pg_basebackup",
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-U",
        "postgres",
        "-D",
        copy,
        "-R",
        "-c",
        "fast",
      );
      const itsOptions = options.replace(`-p ${port}`, `-p ${itsPort}`);
      await run("pg_ctl", "-D", copy, "-l", `${copy}.log`, "-o", itsOptions, "-w", "start");
      return {
        url: urlOf(itsPort),
        promote: async () => void (await run("pg_ctl", "-D", copy, "-w", "promote")),
        async [Symbol.asyncDispose]() {
          await run("pg_ctl", "-D", copy, "-m", "immediate", "-w", "stop");
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await signal("SIGCONT").catch(() => {});
      await stop().catch(() => {});
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const urlOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`;

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
