import { startCommand } from "../harness/process.ts";

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string; readonly ms: number };

type Options = {
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Killed so many milliseconds after its first line of progress. */
  readonly killAfterMs?: number;
};

/** Runs one command in a process of its own. `ms` counts from its first line on standard error. */
export async function run(args: readonly string[], { env, cwd, killAfterMs }: Options): Promise<Ran> {
  const child = startCommand(args, { env, cwd });
  let [err, began] = ["", 0];
  const decoder = new TextDecoder();
  const heard = (async () => {
    for await (const bytes of child.stderr) {
      err += decoder.decode(bytes, { stream: true });
      if (began > 0) continue;
      began = performance.now();
      if (killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    }
  })();
  const [out] = await Promise.all([new Response(child.stdout).text(), heard, child.exited]);
  return { code: child.signalCode === null ? child.exitCode : null, out, err, ms: performance.now() - began };
}
