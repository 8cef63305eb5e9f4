import { z } from "zod";
import { Unavailable } from "../core/problem.ts";
import { publicly } from "./access/declare.ts";
import { tags } from "./openapi/tags.ts";
import { createRoute, createRouter, json } from "./router.ts";

const Probe = z
  .object({ status: z.literal("ok") })
  .meta({ id: "Probe", description: "What an orchestrator asks. It says nothing of what is inside" });

const probe = { ...publicly(), method: "get", responses: { 200: json(Probe, "It does") } } as const;

/**
 * What orchestrators and load balancers ask.
 *
 * @param ready rejects with the database's error while the service can't do its work: 503.
 */
export const probes = (ready: () => Promise<unknown>) =>
  createRouter(tags.operations)
    .openapi(
      createRoute({
        ...probe,
        path: "/livez",
        operationId: "process.live",
        summary: "Whether the process answers",
        description: "Asks nothing else: a process that fails it should be started again.",
        refusals: [],
      }),
      (c) => c.json({ status: "ok" } as const, 200),
    )
    .openapi(
      createRoute({
        ...probe,
        path: "/readyz",
        operationId: "process.ready",
        summary: "Whether the service can do its work",
        description:
          "Asks the database, which must take writes. An instance that fails it should get no requests until it passes again. A full disk doesn't fail it, since credentials are still verified.",
        refusals: [Unavailable],
      }),
      async (c) => {
        await ready();
        return c.json({ status: "ok" } as const, 200);
      },
    );
