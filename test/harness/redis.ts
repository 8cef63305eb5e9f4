import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";

/** A Redis server of the test's own, to be stopped at will. It keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Where the program is; null where it isn't installed. */
export const redisProgram: string | null = Bun.which("redis-server");

/** @param more options of the server, such as `--requirepass`. */
export async function openRedisServer(...more: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-redis-"));
  const port = await freePort();
  let child: Bun.Subprocess<"ignore", "pipe", "inherit"> | undefined;
  const start = async () => {
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...more];
    child = Bun.spawn([redisProgram ?? "redis-server", ...options], {
      cwd: directory,
      stdin: "ignore",
      stdout: "pipe",
    });
    let said = "";
    const decoder = new TextDecoder();
    for await (const bytes of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      said += decoder.decode(bytes, { stream: true });
      if (said.includes("Ready to accept connections")) return;
    }
    throw new Error(`redis-server ended: ${said}`);
  };
  const stop = async () => {
    child?.kill("SIGKILL");
    await child?.exited;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    signal: (signal) => child?.kill(signal),
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
