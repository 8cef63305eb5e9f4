import type { Server } from "bun";
import { OperatorError } from "../core/operator-error.ts";

export type HttpServer = Server<undefined>;

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  /** The setting that names the port. */
  readonly setting: string;
  /** Whether other processes may share the port, so that each gets some of the connections. */
  readonly shared?: boolean;
};

type Answer = (request: Request) => Response | Promise<Response>;

/** Listens. @throws OperatorError which names the setting to correct. */
export function listenOn({ host, port, setting, shared = false }: ListenOptions, fetch: Answer): HttpServer {
  try {
    // Without `development` Bun shares the port with whoever else asks for it.
    return Bun.serve({ port, hostname: host, idleTimeout: 30, development: false, reusePort: shared, fetch });
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    const why = refusals[code ?? ""]?.(host, port, setting) ?? noAddress(host);
    throw new OperatorError(`${why} (${code})`, { cause: err });
  }
}

const refusals: Readonly<Record<string, (host: string, port: number, setting: string) => string>> = {
  EADDRINUSE: (host, port, setting) => `port ${port} on ${host} is in use; set ${setting} to another one`,
  EACCES: (host, port, setting) =>
    `port ${port} on ${host} is only for privileged processes; set ${setting} to 1024 or above`,
};

const noAddress = (host: string) => `${host} isn't an address of this machine that can be listened on; correct HOST`;

/** The answer to everything while the service starts. */
export function starting(request: Request): Response {
  // Without a good Host header the URL can't be read.
  if (/^(https?:\/\/[^/]*)?\/livez(\?|$)/.test(request.url)) return Response.json({ status: "ok" });
  return new Response(null, { status: 503, headers: { "Retry-After": "1", "Cache-Control": "no-store" } });
}

type Figures = { text(): Promise<string>; contentType: string };

/** Shows figures on a port of their own, where the settings name one. */
export function listenForMetrics(host: string, port: number | undefined, figures: Figures): HttpServer | undefined {
  if (port === undefined) return undefined;
  return listenOn({ host, port, setting: "METRICS_PORT" }, async (request) =>
    new URL(request.url).pathname === "/metrics"
      ? new Response(await figures.text(), { headers: { "Content-Type": figures.contentType } })
      : new Response(null, { status: 404 }),
  );
}
