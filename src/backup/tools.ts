import { existsSync } from "node:fs";
import { OperatorError } from "../core/operator-error.ts";

/** PostgreSQL's own programs, and how they reach a database: by the environment, which other users can't read. */
export type Tools = {
  /** The major version of the programs. */
  readonly version: number;
  spawn(program: Program, args: readonly string[], stdin: "pipe" | "ignore"): Child;
};

export type Program = "pg_dump" | "pg_restore" | "psql";

export type Child = {
  readonly stdin: Bun.FileSink | undefined;
  readonly stdout: ReadableStream<Uint8Array>;
  /** Resolves with what it said of an error when it has ended badly, else with null. */
  readonly ended: Promise<string | null>;
  kill(): void;
};

type Target = {
  /** The way to PostgreSQL itself, not through a pooler. */
  readonly url: string;
  /** The server's major version. */
  readonly server: number;
};

/** Certificates that systems trust, where the programs are too old to look for them. */
const systemCertificates = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

/**
 * Finds the programs that are needed.
 *
 * @param onLine hears each line that one writes to standard error.
 * @throws OperatorError where one is missing, or older than the server.
 */
export async function findTools(
  programs: readonly Program[],
  { url, server }: Target,
  onLine: (line: string) => void = () => {},
): Promise<Tools> {
  const install = `install PostgreSQL's client programs, version ${server} or later (postgresql-client), or run this where they are`;
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length > 0) throw new OperatorError(`${missing.join(" and ")} can't be found: ${install}`);
  const said = Bun.spawnSync([programs[0] ?? "pg_dump", "--version"]).stdout.toString();
  const version = Number(/ (\d+)/.exec(said)?.[1] ?? 0);
  if (version < server)
    throw new OperatorError(`${programs[0]} is of version ${version}, older than the server's ${server}: ${install}`);
  const env = { ...environment(url, version), PATH: pathOf(programs[0] ?? "pg_dump"), LC_ALL: "C" };
  return {
    version,
    spawn(program, args, stdin) {
      const child = Bun.spawn([program, "--no-password", ...args], { env, stdin, stdout: "pipe", stderr: "pipe" });
      const errors = lastError(child.stderr, onLine);
      return {
        stdin: stdin === "pipe" ? child.stdin : undefined,
        stdout: child.stdout,
        ended: Promise.all([child.exited, errors]).then(([code, fault]) =>
          code === 0 ? null : (fault ?? `it ended with ${code}`),
        ),
        kill: () => child.kill("SIGKILL"),
      };
    },
  };
}

const pathOf = (program: Program): string => (Bun.which(program) ?? "").replace(/\/[^/]*$/, "");

/** libpq's variables for what `url` says to the driver, which takes TLS that isn't turned off for `verify-full`. */
export function environment(url: string, version: number): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const sslmode = searchParams.get("sslmode");
  const verified = sslmode !== null && !["disable", "no-verify"].includes(sslmode);
  const trusted = version >= 16 ? "system" : systemCertificates.find((path) => existsSync(path));
  const given: Record<string, string | null | undefined> = {
    PGHOST: searchParams.get("host") ?? decodeURIComponent(hostname),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: verified ? "verify-full" : sslmode === "no-verify" ? "require" : sslmode,
    PGSSLROOTCERT: searchParams.get("sslrootcert") ?? (verified ? trusted : null),
    PGSSLCERT: searchParams.get("sslcert"),
    PGSSLKEY: searchParams.get("sslkey"),
    PGAPPNAME: "gatehouse-backup",
    PGCONNECT_TIMEOUT: "10",
    // The owner sees the rows of forced row-level security with it; see guards/tenancy.sql.
    PGOPTIONS: "-c app.backup=on -c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
  };
  return Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== ""),
  );
}

/** The last line of `stream` that says what is wrong; what it says meanwhile goes to `onLine`. */
async function lastError(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<string | null> {
  let [rest, found]: [string, string | null] = ["", null];
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(-10_000);
    for (const line of lines) {
      onLine(line);
      // The first names the fault; what follows from it is noise.
      const fault = /\b(?:error|ERROR|FATAL): +(.*)$/.exec(line)?.[1];
      if (fault !== undefined) found ??= fault.slice(0, 500);
    }
  }
  return found ?? (rest.trim() || null);
}
