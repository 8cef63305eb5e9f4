import { modules } from "../../src/modules.ts";
import { start } from "../../src/server.ts";
import { reports } from "./reports.ts";

// The service with a module of its own. Settings are the service's own environment variables.
await start({ modules: [...modules, reports] });
