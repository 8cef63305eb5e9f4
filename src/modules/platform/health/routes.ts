import { platformAdmin } from "../../../http/access/declare.ts";
import { createRoute, createRouter, json, send } from "../../../http/router.ts";
import { Health, health, type Ports } from "./health.ts";

export const routes = (ports: Ports) =>
  createRouter("Administration").openapi(
    createRoute({
      ...platformAdmin(),
      method: "get",
      path: "/",
      summary: "How the service is doing",
      responses: { 200: json(Health, "Its database, pool, migrations, verification and uptime") },
      refusals: [],
    }),
    async (c) => send(c, Health, await health(ports), 200),
  );
