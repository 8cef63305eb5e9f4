import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sample, Target } from "./subject.ts";

export type Generator = "wrk" | "builtin";

export interface Load {
  generator: Generator;
  connections: number;
  seconds: number;
  /** What the generator's command line starts with, such as `taskset -c 1`. */
  prefix: string[];
}

/** wrk, being C, leaves the most to the server; the built-in one is for machines without it. */
export function pickGenerator(): Generator {
  return Bun.which("wrk") ? "wrk" : "builtin";
}

/** Repeats one request over keep-alive connections, each asking again once it was answered, in a process of its own. */
export async function measure(target: Target, load: Load): Promise<Sample> {
  const run = load.generator === "wrk" ? withWrk : withBuiltin;
  const { beside } = target;
  if (beside === undefined) return await run(target, load);
  const [sample, other] = await Promise.all([
    run(target, load),
    run(beside, { ...load, connections: beside.connections }),
  ]);
  return { ...sample, errors: sample.errors + other.errors };
}

async function withWrk(target: Target, { connections, seconds, prefix }: Load): Promise<Sample> {
  const script = join(tmpdir(), `gatehouse-bench-${crypto.randomUUID()}.lua`);
  await Bun.write(script, wrkScript(target));
  try {
    const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script];
    const output = await run([...prefix, "wrk", ...options, target.url]);
    return JSON.parse(output.slice(output.lastIndexOf("\n{"))) as Sample;
  } finally {
    await rm(script, { force: true });
  }
}

/** wrk's own report rounds; its Lua hook has the counts, in microseconds. */
function wrkScript({ method = "GET", headers = {}, turns = [], body }: Target): string {
  // A JSON string is a Lua string, except for \u and \/, which none of these has.
  const quoted = Object.entries(headers).map(([key, value]) => `wrk.headers[${quote(key)}] = ${quote(value)}`);
  const table = (entries: [string, string][]) =>
    `{${entries.map(([key, value]) => `[${quote(key)}] = ${quote(value)}`).join(", ")}}`;
  const inTurns = `local turns = {${turns.map((own) => table(Object.entries({ ...headers, ...own }))).join(",\n")}}
local requests, last = {}, 0
init = function()
  for i, headers in ipairs(turns) do
    headers["Host"] = wrk.headers["Host"]
    requests[i] = wrk.format(nil, nil, headers)
  end
end
request = function()
  last = last % #requests + 1
  return requests[last]
end`;
  return `wrk.method = ${quote(method)}
${quoted.join("\n")}
${body === undefined ? "" : `wrk.body = ${quote(body)}`}
${turns.length === 0 ? "" : inTurns}
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"max":%.3f,"errors":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

function quote(text: string): string {
  if (/[^ -~]/.test(text)) throw new Error("the bench sends printable ASCII only");
  return JSON.stringify(text);
}

async function withBuiltin(target: Target, { connections, seconds, prefix }: Load): Promise<Sample> {
  const program = new URL("builtin-load.ts", import.meta.url).pathname;
  const input = JSON.stringify({ target, connections, seconds });
  return JSON.parse(await run([...prefix, process.execPath, program, input])) as Sample;
}

async function run(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${errors || output}`);
  return output;
}
