import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";

/** A PgBouncer of the test's own, in transaction mode, before the server of TEST_DATABASE_URL. */
export type Bouncer = AsyncDisposable & {
  /** The way through it to the database of `url`. */
  through(url: string): string;
};

const program = Bun.which("pgbouncer", { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin` });

/** Why these tests can't run here; null when they can. */
export const noBouncer: string | null =
  program === null
    ? "PgBouncer isn't installed"
    : process.env["TEST_DATABASE_URL"]
      ? null
      : "TEST_DATABASE_URL isn't set";

/**
 * @param servers connections to each database at most, so that clients share them.
 * @param options.only the one database that it knows; all of them where it isn't given.
 * @param options.password what a client must know, whoever it says it is; nothing where it isn't given.
 */
export async function openBouncer(
  target: string,
  servers: number,
  { only = "*", password }: { only?: string; password?: string } = {},
): Promise<Bouncer> {
  const { hostname, port, username } = new URL(target);
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-pgbouncer-"));
  const own = await freePort();
  await writeFile(join(directory, "users"), `"${username}" "${password ?? ""}"\n`);
  await writeFile(
    join(directory, "pgbouncer.ini"),
    `[databases]
${only} = host=${hostname} port=${port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = ${password === undefined ? "trust" : "scram-sha-256"}
auth_file = ${join(directory, "users")}
pool_mode = transaction
default_pool_size = ${servers}
max_client_conn = 500
`,
  );
  await chmod(directory, 0o755);
  // It refuses to run as root, which CI's containers are.
  const asNobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const child = Bun.spawn([...asNobody, program ?? "pgbouncer", join(directory, "pgbouncer.ini")], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let said = "";
  const decoder = new TextDecoder();
  const { promise: up, resolve, reject } = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const bytes of child.stderr) {
      said += decoder.decode(bytes, { stream: true });
      if (said.includes("process up")) resolve();
    }
    reject(new Error(`pgbouncer ended: ${said}`));
  })();
  reading.catch(() => {});
  await up;
  return {
    through(url) {
      const way = new URL(url);
      way.hostname = "127.0.0.1";
      way.port = String(own);
      return way.href;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
