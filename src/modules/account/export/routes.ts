import { type Limiter, overLimit } from "../../../core/rate-limit.ts";
import type { Directory } from "../../../directory/directory.ts";
import { Impersonating } from "../../../http/access/caller.ts";
import { signedIn } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import type { Module } from "../../../http/module.ts";
import { createRoute, createRouter, json, streamed } from "../../../http/router.ts";
import type { Logger } from "../../../ops/log.ts";
import type { StandingReader } from "../../../verify/load/effective.ts";
import { exportSchema, heldBy, writeExport } from "./export.ts";
import { tags } from "../../../http/openapi/tags.ts";

export type Ports = {
  modules: readonly Pick<Module, "exports">[];
  directory: Directory;
  standing: StandingReader;
  limiter: Limiter;
  log: Logger;
};

/** It reads all that there is of a person. */
const exports = { name: "export", points: 10, seconds: 3600 };

export const routes = ({ modules, directory, standing, limiter, log }: Ports) => {
  const held = heldBy(modules);
  return createRouter(tags.me).openapi(
    createRoute({
      ...signedIn(),
      method: "get",
      path: "/",
      summary: "Export your data",
      description:
        "All that the service holds of you, as one JSON document: your account, and in each of your organizations what you may read there and is yours. It has no secrets. Sent while it is read: an answer that breaks off isn't whole. Not while impersonating, and ten times an hour.",
      responses: { 200: json(exportSchema(held), "Your data") },
      refusals: [Impersonating],
      unversioned: true,
    }),
    async (c) => {
      const { account: scope, auth } = c.var;
      const principal = auth.person;
      if (principal.impersonatorId !== null)
        throw Impersonating("Nobody exports another person's data as that person.");
      const { allowed, ...allowance } = await limiter.count(exports, principal.id);
      if (!allowed) throw overLimit("Your data has been exported often enough for now. Try again later.", allowance);
      const within = (id: string) => organizationScope(c, principal, id);
      const text = writeExport(held, { scope, principal, directory, standing, within });
      return await streamed(c, text, {
        failed: (err) => log.error({ err, requestId: c.var.origin.requestId }, "an export broke off"),
        headers: { "Content-Disposition": 'attachment; filename="export.json"' },
      });
    },
  );
};
