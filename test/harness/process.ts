import { join } from "node:path";

/** The real service in a process of its own. Disposing of it kills it. */
export interface ServiceProcess extends AsyncDisposable {
  /** Its base URL, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** All that it has written so far, to both streams. */
  output(): string;
  /** Resolves with the first line that holds `text`. Rejects when the process ends without writing it. */
  line(text: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code; with null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

export interface RunOptions {
  /** The process's whole environment but for PATH: nothing is inherited. */
  readonly env?: Record<string, string>;
  /** Its working directory; the repository by default. */
  readonly cwd?: string;
  /** The program, from the repository's root; the service by default. */
  readonly program?: string;
  /** An executable to start instead. */
  readonly executable?: string;
}

const root = join(import.meta.dir, "../..");

/** The executable that processes are started from, in a quarter of the time that the source takes; by default the source. */
const built = process.env["TEST_EXECUTABLE"] || undefined;

/** What starts the service. */
export const serverProgram = built === undefined ? [process.execPath, join(root, "src/server.ts")] : [built];
const commandProgram = built === undefined ? [process.execPath, join(root, "src/cli/index.ts")] : [built];

export interface CommandOptions {
  /** The whole environment but for PATH and HOME. */
  readonly env?: Record<string, string>;
  readonly cwd: string;
  readonly stdin?: string;
  /** A copy of the repository, whose source is run. */
  readonly from?: string;
}

/** Starts one command, such as `["db", "status"]`, in a process of its own. */
export function startCommand(args: readonly string[], { env = {}, cwd, stdin = "", from }: CommandOptions) {
  const { PATH = "", HOME = "" } = process.env;
  const program = from === undefined ? commandProgram : [process.execPath, join(from, "src/cli/index.ts")];
  return Bun.spawn([...program, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Runs one command to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions) {
  const child = startCommand(args, options);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

/** Starts the service on a free port, unless `env` names one, and resolves when it answers. */
export async function startService({ env = {}, ...rest }: RunOptions = {}): Promise<ServiceProcess> {
  const started = runService({
    env: { PORT: "0", HOST: "127.0.0.1", RATE_LIMIT: "off", SIGN_UP: "at-once", ...env },
    ...rest,
  });
  const { url, port } = JSON.parse(await started.line('"msg":"listening"')) as { url: string; port: number };
  return { ...started, url, port };
}

/** Starts the service's process and doesn't wait for anything. */
export function runService(options: RunOptions = {}): Omit<ServiceProcess, "url" | "port"> {
  const { env = {}, cwd = root, program, executable } = options;
  const source = program === undefined ? serverProgram : [process.execPath, join(root, program)];
  const command = executable === undefined ? source : [executable];
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const written = new Written();
  const ended = Promise.all([written.take(child.stdout), written.take(child.stderr)]).then(() => written.end());
  const exited = child.exited.then(async (code) => {
    await ended;
    return child.signalCode === null ? code : null;
  });
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    pid: child.pid,
    output: () => written.text,
    line: (text) => written.line(text),
    signal: (signal) => child.kill(signal),
    exited,
    stop: () => stop("SIGTERM"),
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL");
    },
  };
}

/** A port that nothing listened on a moment ago, for who must be told of it before it is taken. */
export async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  return port;
}

/** Text as it is written, for whoever waits for a line of it. */
class Written {
  text = "";
  #ended = false;
  readonly #waiting = new Set<() => void>();

  async take(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.text += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  line(part: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = () => {
      const found = this.text
        .split("\n")
        .slice(0, -1)
        .find((line) => line.includes(part));
      if (found === undefined && !this.#ended) return;
      this.#waiting.delete(look);
      if (found !== undefined) resolve(found);
      else reject(new Error(`the process ended without writing ${JSON.stringify(part)}:\n${this.text}`));
    };
    this.#waiting.add(look);
    look();
    return promise;
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }
}
