import type { Config } from "./config/index.ts";
import { freshSignInRequired, isFresh, twoFactorRequired } from "./core/assurance.ts";
import type { Catalogue, RolePermissions } from "./core/access/permission.ts";
import type { InvitationProof } from "./core/invitation-proof.ts";
import { type Limiter, overLimit } from "./core/rate-limit.ts";
import { openScope, type RecordAudit, type ScopePorts } from "./core/scope.ts";
import type { Gate } from "./http/env.ts";
import type { Module, Provisioner } from "./http/module.ts";
import type { Directory } from "./directory/directory.ts";
import type { MailServer } from "./mail/mailer.ts";
import type { Post } from "./mail/outbox.ts";
import type { DatabaseHealth } from "./ops/health.ts";
import type { Logger } from "./ops/log.ts";
import type { Credentials, Presented } from "./verify/present.ts";
import { admitted } from "./verify/verdict.ts";
import type { StandingReader } from "./verify/load/effective.ts";
import type { Verifier } from "./verify/verifier.ts";

/** What modules may ask for. Each declares the part it needs, and its type gives it no more. */
export type Services = {
  config: Pick<Config, "server" | "retention" | "signIn">;
  log: Logger;
  /** What all modules declare: permissions, modules, built-in roles. */
  catalogue: Catalogue;
  roles: RolePermissions;
  modules: readonly Pick<Module, "name" | "counts" | "events" | "exports" | "navigation" | "owners" | "trash">[];
  /** People as data, with what may be changed of them. */
  directory: Directory;
  /** Reads a member's roles and permissions from the database. */
  standing: StandingReader;
  databaseHealth: () => Promise<DatabaseHealth>;
  credentials: Credentials;
  verifier: Verifier;
  mailer: { server?: Pick<MailServer, "fault"> };
  limiter: Limiter;
  invitationProof: InvitationProof;
  /** Queues mail, in the transaction that it is about. */
  post: Post;
  recordAudit: RecordAudit;
  provision: Provisioner;
};

type Ports = ScopePorts &
  Pick<Services, "credentials" | "verifier" | "limiter"> & { config: Pick<Config, "limits" | "server" | "signIn"> };

/** What routes need from the rest of the service. @param origins that browser applications are trusted on. */
export function openGate(deps: Ports, origins: ReadonlySet<string>): Gate {
  const { baseUrl } = deps.config.server;
  const { freshAge } = deps.config.signIn;
  const perMinute = { name: "caller", points: deps.config.limits.perMinute, seconds: 60 };
  return {
    async authenticate(headers, selector) {
      const presented = deps.credentials.fromHeaders(headers);
      const recalled =
        presented === null || presented === "conflict" ? undefined : deps.verifier.recall(presented, selector);
      const verified = recalled ?? admitted(await deps.verifier.verify(presented, selector)).verified;
      // `admitted` throws for no credential and for two that disagree.
      return { verified, sent: (presented as Presented).raw };
    },
    async count(caller) {
      const key = caller.type === "user" ? `session:${caller.sessionId}` : `key:${caller.id}`;
      const { allowed, ...allowance } = await deps.limiter.count(perMinute, key);
      if (!allowed) throw overLimit("This session or key makes too many requests.", allowance);
      return allowance;
    },
    openScope: (actor, origin, bounds, demands) => openScope(deps, actor, origin, bounds, demands),
    requireSecondFactor({ lacksSecondFactor }) {
      if (lacksSecondFactor) throw twoFactorRequired(baseUrl);
    },
    requireFresh({ authenticatedAt }) {
      if (!isFresh(authenticatedAt, deps.clock(), freshAge)) throw freshSignInRequired(baseUrl, freshAge);
    },
    trustsOrigin: (origin) => origins.has(origin),
    cursors: deps.cursors,
    clock: deps.clock,
  };
}

/** Whether a refused credential is a guess. A session whose signature is right isn't: it has ended. */
export function isForged(credentials: Credentials, headers: Headers): boolean {
  const presented = credentials.fromHeaders(headers);
  if (presented === null) return headers.has("authorization") || headers.has("x-api-key");
  return presented !== "conflict" && credentials.check(presented)?.kind !== "session";
}
