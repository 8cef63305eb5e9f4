import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createApp } from "./app.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { openDeps } from "./deps.ts";
import { migrate } from "./db/migrate.ts";

/** Starts the service from the environment and stops it on SIGTERM or SIGINT, when what is in flight has been answered. */
async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const deps = await openDeps(config, config.AUTH_SECRET ?? keptSecret(config));
  await migrate(deps.database);
  const app = createApp(deps);
  const server = Bun.serve({
    port: config.PORT,
    hostname: config.HOST,
    idleTimeout: 30,
    fetch: (request, server) => app.fetch(request, { address: server.requestIP(request)?.address ?? "" }),
  });
  deps.log.info(
    {
      url: config.BASE_URL,
      port: server.port,
      database: deps.database.kind,
      mode: config.NODE_ENV,
      docs: `${config.BASE_URL}/openapi.json`,
    },
    "listening",
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  process.once("SIGTERM", () => resolve("SIGTERM"));
  process.once("SIGINT", () => resolve("SIGINT"));
  deps.log.info({ signal: await promise }, "draining");
  await server.stop();
  await deps.close();
}

/** The secret that outlives restarts on one machine, readable by its owner only. */
function keptSecret(config: Config): string {
  const path = `${config.stateDirectory}/secret`;
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  mkdirSync(config.stateDirectory, { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString("base64url");
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(path, 0o600);
  return secret;
}

try {
  await main();
} catch (err) {
  console.error(err instanceof ConfigError || err instanceof Error ? err.message : err);
  process.exitCode = 1;
}
