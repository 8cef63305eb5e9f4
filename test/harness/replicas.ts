import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, readAnswer, withJson } from "./answer.ts";
import { openService } from "./app.ts";
import { secret } from "./people.ts";
import type { FreshDatabase } from "./fresh-database.ts";
import { type ServiceProcess, startService } from "./process.ts";

export type Asked = { headers?: Record<string, string>; body?: unknown };

/** One of several services over one database. */
export interface Replica {
  request(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** Undefined for one that runs in this process. */
  readonly process: ServiceProcess | undefined;
}

export interface Replicas extends AsyncDisposable {
  readonly all: readonly Replica[];
  /** The hash of a password as these services check it. */
  hash(password: string): Promise<string>;
}

const origin = "http://localhost:3000";

/**
 * Starts services over one database, each a process of its own with its own cache. On PGlite, which lives in this
 * process, it is one service here.
 */
export async function openReplicas(
  fresh: FreshDatabase,
  count: number,
  env: Record<string, string> = {},
): Promise<Replicas> {
  if (fresh.url === undefined) return inProcess(fresh);
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-replicas-"));
  const common = { DATABASE_URL: fresh.url, STATE_DIR: directory, AUTH_SECRET: secret, BASE_URL: origin, ...env };
  const started = await Promise.all(Array.from({ length: count }, () => startService({ env: common })));
  return {
    all: started.map((process) => ({
      process,
      request: (method, path, asked) =>
        overHttp(`http://127.0.0.1:${process.port}${path}`, method, asked).catch((cause: unknown) => {
          throw new Error(`a replica didn't answer; it wrote ${process.output().slice(-2_000)}`, { cause });
        }),
    })),
    async hash(password) {
      const { hashPassword } = await import("better-auth/crypto");
      return hashPassword(password);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((process) => process[Symbol.asyncDispose]()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function inProcess({ database }: FreshDatabase): Promise<Replicas> {
  const service = await openService({ database });
  const request: Replica["request"] = (method, path, { headers = {}, body } = {}) =>
    service.anonymous.request(method, path, withJson(body, headers));
  return {
    all: [{ request, process: undefined }],
    hash: async (password) => `plain:${password}`,
    [Symbol.asyncDispose]: () => service.deps.close(),
  };
}

async function overHttp(url: string, method: string, { headers = {}, body }: Asked = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    ...withJson(body, { origin, ...headers }),
  });
  return readAnswer(response);
}
