import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";
import { betweenAsks } from "./time.ts";

/** A real proxy with a configuration of deploy/, before a Gatehouse and an application on other ports. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
}

type Ports = { gatehouse: number; application: number };

const deploy = join(import.meta.dir, "../../deploy");
const search = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin` };

/** How each proxy is started, by the name of its program; null where that isn't installed. */
export const proxies = {
  nginx: program("nginx") === null ? null : startNginx,
  caddy: program("caddy") === null ? null : startCaddy,
};

function program(name: string): string | null {
  return Bun.which(name, search);
}

async function startNginx(ports: Ports): Promise<Proxy> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-nginx-"));
  // Its workers are nobody's; their files lie here.
  await chmod(directory, 0o777);
  const port = await configure("nginx.conf", ports, join(directory, "gatehouse.conf"), "");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const main = `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
    events {} http { access_log off; ${temporary.join(" ")} include ${directory}/gatehouse.conf; }`;
  await writeFile(join(directory, "main.conf"), main);
  return started(["nginx", "-e", `${directory}/error.log`, "-c", `${directory}/main.conf`], directory, port);
}

async function startCaddy(ports: Ports): Promise<Proxy> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-caddy-"));
  const file = join(directory, "Caddyfile");
  const port = await configure("Caddyfile", ports, file, "{\n\tadmin off\n\tauto_https off\n}\n\n");
  return started(["caddy", "run", "--config", file, "--adapter", "caddyfile"], directory, port);
}

/** The file as it is in deploy/, but for its ports and for how long it waits for a Gatehouse that hangs. */
async function configure(name: string, ports: Ports, to: string, before: string): Promise<number> {
  const port = await freePort();
  const text = await readFile(join(deploy, name), "utf8");
  const moved = text
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${ports.gatehouse}`)
    .replaceAll("127.0.0.1:8080", `127.0.0.1:${ports.application}`)
    .replaceAll(/\b5s\b/g, "1s")
    .replace("listen 8000", `listen 127.0.0.1:${port}`)
    .replace(/^:8000 \{/m, `:${port} {\n\tbind 127.0.0.1`);
  await writeFile(to, before + moved);
  return port;
}

async function started([name = "", ...args]: string[], directory: string, port: number): Promise<Proxy> {
  const child = Bun.spawn([program(name) ?? name, ...args], {
    env: { ...search, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const url = `http://127.0.0.1:${port}`;
  const said = new Response(child.stderr).text();
  while (!(await fetch(url).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${await said}`);
    await betweenAsks(20);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
