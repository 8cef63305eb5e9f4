import { platformAdmin } from "../../../http/access/declare.ts";
import { answer, createRoute, createRouter, json } from "../../../http/router.ts";
import { Health, health, type Ports } from "./health.ts";
import { tags } from "../../../http/openapi/tags.ts";

export const routes = (ports: Ports) =>
  createRouter(tags.administration).openapi(
    createRoute({
      ...platformAdmin(),
      method: "get",
      path: "/",
      summary: "How the service is doing",
      description: "Of the process that answers; each replica has its own figures.",
      responses: { 200: json(Health, "Its database, pool, migrations, verification and uptime") },
      refusals: [],
      unversioned: true,
    }),
    async (c) => answer(c, Health, await health(ports)),
  );
