import type { Clock } from "../core/clock.ts";
import type { Logger } from "../ops/log.ts";
import type { Catalogue } from "../core/access/permission.ts";
import type { OrganizationSelector, Verified } from "../core/principal.ts";
import type { Database } from "../db/types.ts";
import { type KeyRefusal, keyLoader, type LoadedKey } from "./load/api-key.ts";
import { type Tag, TaggedCache } from "./cache.ts";
import { type Credential, type Credentials, isCanonical, type Presented } from "./present.ts";
import { type Invalidation, noInvalidation, openInvalidation } from "./invalidation.ts";
import { sharedBeats } from "./beat.ts";
import { createMeter, type KeyUsage, type Metered } from "./meter.ts";
import { sessionLoader } from "./load/session.ts";
import { createUsage } from "./usage.ts";
import { bytesOf } from "./weight.ts";

/** A good credential. The cache holds one object while nothing about it changes, so answers can be kept by it. */
type Known = Verified & {
  /** The key to count before it is admitted, where counters decide. */
  readonly meteredKeyId: string | null;
  /** The key whose uses are counted for statistics. */
  readonly usedKeyId: string | null;
};

/** Why a credential is refused, and whose it is where that is known. */
export type Refusal = KeyRefusal | { code: "no_credential" | "invalid_credential"; organizationId: null };

/** The outcome of a verification. `refused`: there is no credential, or it is invalid or has ended. */
export type Verdict =
  | { kind: "verified"; verified: Verified; usage: KeyUsage | null }
  | ({ kind: "refused" } & Refusal)
  | { kind: "conflict" }
  | Exclude<Metered, { kind: "admitted" | "gone" }>;

export type Verifier = {
  /**
   * Verifies what a request presents, and counts the use. Rejects when the database can't say: never a pass, never a
   * refusal.
   *
   * @param counts whether a use is to be counted; where it isn't, the caller refuses it for a reason of its own.
   */
  verify(
    presented: Presented | "conflict" | null,
    selector: OrganizationSelector,
    counts?: (verified: Verified) => boolean,
  ): Promise<Verdict>;
  /** The answer that the cache holds for a credential that nothing is counted for; undefined sends one to `verify`. */
  recall(presented: Presented, selector: OrganizationSelector): Verified | undefined;
  /** Lets the next verification here see what this process has just committed, ahead of the announcement. */
  fence(): void;
  /** Whether changes are heard of, so that the cache is in use. */
  trusted(): boolean;
  /** Credentials held. */
  size(): number;
  /** Writes the uses of keys that have been counted so far, ahead of their time. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

type Ports = {
  database: Database;
  /** Hears of each verification: what answered, and what came of it. */
  seen: (from: "cache" | "database", outcome: string) => void;
  catalogue: Catalogue;
  clock: Clock;
  log: Logger;
  credentials: Credentials;
  /** Credentials that are kept at most; 0 keeps none and reads the database each time. */
  cacheSize: number;
  /** Milliseconds that the database may take. */
  timeoutMs: number;
};

// Long enough to spare the database a flood, short enough that nobody waits for a key that was just enabled.
const negativeMs = 500;
// What triggers announce is dropped at once; this bounds what no trigger saw, such as a restored backup.
const positiveMs = 60_000;
const usageMs = 1_000;
const announceMs = 1_000;
const sweepMs = 30_000;
/** What an entry of the cache takes on average at most. */
const entryBytes = 10_240;

const invalid: Refusal = { code: "invalid_credential", organizationId: null };

/** Verifies credentials: from memory while changes are being heard of, else by one statement. */
export function createVerifier(ports: Ports): Verifier {
  const { clock, credentials } = ports;
  const loadSession = sessionLoader(ports);
  const loadKey = keyLoader(ports);
  const meter = createMeter(ports);
  const uses = createUsage(ports, usageMs);
  const most = Math.max(1, ports.cacheSize);
  const good = new TaggedCache<Known>(most, most * entryBytes, bytesOf);
  const bad = new TaggedCache<Refusal>(Math.max(1, Math.ceil(ports.cacheSize / 5)));
  // What nobody asks for again goes as well.
  const sweeping = setInterval(() => {
    good.sweep(clock().getTime());
    bad.sweep(performance.now());
  }, sweepMs);
  sweeping.unref();
  const invalidation = invalidationOf(ports, good, bad);

  const load = (credential: Credential, selector: OrganizationSelector): Promise<Known | Refusal> =>
    credential.kind === "session"
      ? loadSession({ token: credential.token, selector }).then(knownSession)
      : loadKey(credential.key).then((key) =>
          key === null || "code" in key ? (key ?? invalid) : knownKey(key, selector),
        );

  const verifyOne = async (presented: Presented, selector: OrganizationSelector): Promise<Known | Refusal> => {
    // What fails by its form is refused for free each time, and must not fill the memory.
    const credential = credentials.check(presented);
    if (credential === null) return invalid;
    const name = credential.kind === "session" ? credential.token : credential.key;
    const refused = invalidation.trusted() ? bad.get(name, performance.now()) : undefined;
    if (refused !== undefined) return refused;
    const mark = invalidation.mark();
    const [now, asked] = [clock().getTime(), performance.now()];
    const loaded = await load(credential, selector);
    if ("code" in loaded) {
      if (invalidation.trusted()) bad.set(name, loaded, [], asked + negativeMs);
      return loaded;
    }
    if (!invalidation.trusted()) return loaded;
    const tags = tagsOf(loaded);
    // Kept are as many variants of a credential as its holder has organizations, whatever callers can think of.
    const keepable =
      isCanonical(presented) && (loaded.organization !== null || selector.by === "current" || selector.by === "none");
    if (keepable && invalidation.unchangedSince(mark, tags)) {
      const ends = [loaded.principal.expiresAt, loaded.organization?.graceEndsAt].map(
        (at) => at?.getTime() ?? Infinity,
      );
      good.set(cacheKey(presented, selector), loaded, tags, Math.min(now + positiveMs, ...ends));
    }
    return loaded;
  };

  const cached = (presented: Presented, selector: OrganizationSelector): Known | undefined => {
    const known = invalidation.trusted() ? good.get(cacheKey(presented, selector), clock().getTime()) : undefined;
    // A key is no session, and a session no key, wherever in the request they stand.
    return known && (known.principal.type === "apiKey") === (presented.kind === "apiKey") ? known : undefined;
  };

  return {
    recall(presented, selector) {
      const known = cached(presented, selector);
      if (known === undefined || known.meteredKeyId !== null) return undefined;
      ports.seen("cache", "verified");
      if (known.usedKeyId !== null) uses.count(known.usedKeyId);
      return known;
    },
    async verify(presented, selector, counts = () => true) {
      if (presented === "conflict") return { kind: "conflict" };
      if (presented === null) return { kind: "refused", code: "no_credential", organizationId: null };
      const held = cached(presented, selector);
      const known = held ?? (await verifyOne(presented, selector));
      ports.seen(held ? "cache" : "database", "code" in known ? known.code : "verified");
      if ("code" in known) return { kind: "refused", ...known };
      let usage: KeyUsage | null = null;
      if (!counts(known)) return { kind: "verified", verified: known, usage };
      if (known.meteredKeyId !== null) {
        const metered = await meter(known.meteredKeyId);
        if (metered.kind === "gone") return { kind: "refused", ...invalid };
        if (metered.kind !== "admitted") return metered;
        usage = metered.usage;
      }
      if (known.usedKeyId !== null) uses.count(known.usedKeyId);
      return { kind: "verified", verified: known, usage };
    },
    fence: () => invalidation.fence(),
    trusted: () => invalidation.trusted(),
    size: () => good.size,
    flush: () => uses.flush(),
    async close() {
      clearInterval(sweeping);
      await invalidation.close();
      await uses.close();
    },
  };
}

/** Empties the caches of what changes; without a cache there is nothing to hear. */
function invalidationOf(
  { database, cacheSize, log }: Ports,
  ...caches: Pick<TaggedCache<never>, "drop" | "clear">[]
): Invalidation {
  if (cacheSize === 0) return noInvalidation;
  // A notification need not survive a crash: its commit waits for no flush to disk.
  const announcing = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
  return openInvalidation({
    listen: (channel, hear, lost) => database.listen(channel, hear, lost),
    announce: async (channel, payload) => {
      await database.statement("announce", announcing, [channel, payload], announceMs);
    },
    beats: database.kind === "postgres" ? sharedBeats(database) : null,
    drop: (tag) => {
      for (const cache of caches) cache.drop(tag);
    },
    clear: () => {
      for (const cache of caches) cache.clear();
    },
    log,
  });
}

/**
 * The active organization is what is asked for most: it has the shortest key, which needs no joining. The others' line
 * break can't stand in a credential.
 */
function cacheKey({ raw }: Presented, selector: OrganizationSelector): string {
  switch (selector.by) {
    case "current":
      return raw;
    case "none":
      return `${raw}\nnone`;
    case "id":
      return `${raw}\nid:${selector.id}`;
    case "slug":
      return `${raw}\nslug:${selector.slug}`;
  }
}

function knownSession(verified: Verified | null): Known | Refusal {
  return verified === null ? invalid : { ...verified, meteredKeyId: null, usedKeyId: null };
}

/** A key has one organization, and no access to any other. */
function knownKey({ principal, organization, metered }: LoadedKey, selector: OrganizationSelector): Known {
  const meant =
    selector.by === "current" ||
    (selector.by === "id" && selector.id === organization?.id) ||
    (selector.by === "slug" && selector.slug === organization?.slug);
  return {
    principal,
    organization: meant ? organization : null,
    meteredKeyId: metered ? principal.id : null,
    usedKeyId: principal.id,
  };
}

function tagsOf({ principal, organization }: Verified): Tag[] {
  const tags: Tag[] =
    principal.type === "user"
      ? [`session:${principal.sessionId}`, `user:${principal.id}`]
      : [`apikey:${principal.id}`, ...(principal.createdBy ? [`user:${principal.createdBy}` as const] : [])];
  const organizationId = organization?.id ?? (principal.type === "apiKey" ? principal.organizationId : null);
  if (organizationId !== null) tags.push(`organization:${organizationId}`);
  return tags;
}
