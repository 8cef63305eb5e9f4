import type { Command } from "commander";
import { createApp } from "../app.ts";
import { silentLog } from "../ops/log.ts";
import { openDatabase } from "../db/open.ts";
import { openDeps } from "../deps.ts";
import * as schema from "../schema.ts";
import { config, print } from "./run.ts";

// A database and a mailer that the document needs only as types: neither is ever spoken to.
const nowhere = "postgres://nobody@127.0.0.1:1/none";
const mailer = { send: () => Promise.reject(new Error("no mail here")), close() {} };

/** `openapi`: the document that the server serves at /openapi.json. */
export function openapiCommand(program: Command): void {
  program
    .command("openapi")
    .description("Print the OpenAPI 3.1 document.")
    .action(async () => {
      const database = await openDatabase({ url: nowhere, schema });
      const deps = await openDeps(config(), "x".repeat(32), { database, mailer, log: silentLog });
      const response = await createApp(deps).request("/openapi.json", {}, { addressOf: () => "" });
      print(JSON.stringify(await response.json(), null, 2));
      await deps.close();
      await database.close();
    });
}
