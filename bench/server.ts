import { readFile } from "node:fs/promises";
import type { Context, Subject, Target } from "./subject.ts";

export interface Running {
  subject: Subject;
  target: Target;
  /** Seconds of processor time that the server has used so far, or undefined where the system doesn't say. */
  cpuSeconds(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/**
 * Starts one subject in a process of its own and asks it once, before anything is timed. Throws when it doesn't start
 * or doesn't answer what it should.
 */
export async function startServer(subject: Subject, context: Context, prefix: string[]): Promise<Running> {
  const program = new URL("serve.ts", import.meta.url).pathname;
  const started = Promise.withResolvers<Target>();
  const child = Bun.spawn([...prefix, process.execPath, program, subject.name, JSON.stringify(context)], {
    stdin: "ignore",
    // What a subject logs is part of its work; nobody needs to read it.
    stdout: "ignore",
    stderr: "inherit",
    ipc: (message) => started.resolve(message as Target),
    serialization: "json",
    env: { ...process.env, NODE_ENV: "production" },
    onExit: () => started.reject(new Error(`${subject.name} ended before it served`)),
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([child.exited, Bun.sleep(5000).then(() => child.kill("SIGKILL"))]);
  };
  const target = await started.promise;
  const response = await fetch(target.url, { ...target, headers: { ...target.headers, ...target.turns?.[0] } });
  const body = await response.text();
  if (!response.ok || !subject.answers(body)) {
    await stop();
    throw new Error(`${subject.name} answered ${response.status}: ${body.slice(0, 300)}`);
  }
  return { subject, target, cpuSeconds: () => cpuSeconds(child.pid), stop };
}

/** utime and stime of /proc/PID/stat, which counts in hundredths of a second on Linux. */
async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}
