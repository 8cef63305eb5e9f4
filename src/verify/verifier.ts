import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { Catalogue } from "../core/permission.ts";
import type { OrganizationSelector, Verified } from "../core/principal.ts";
import type { Database } from "../db/client.ts";
import { type KeyRefusal, keyLoader, type LoadedKey } from "./api-key.ts";
import { type Tag, TaggedCache } from "./cache.ts";
import { type Credential, type Credentials, isCanonical, type Presented } from "./credential.ts";
import { type Feed, openFeed, silentFeed } from "./feed.ts";
import { createMeter, type Metered, type Standing } from "./meter.ts";
import { sessionLoader } from "./session.ts";
import { createUsage } from "./usage.ts";

/** A credential that is good. One object for as long as nothing about it changes, so that answers can be kept with it. */
export type Kept = Verified & {
  /** Answers made ahead, by what was asked. */
  readonly answers: Map<string, unknown>;
  /** The key to count, when counters decide. */
  readonly meteredKeyId: string | null;
  /** The key whose uses are noted. */
  readonly usedKeyId: string | null;
};

/** Why a credential is no good, and whose it is where that is known. */
export type Refusal = KeyRefusal | { code: "no_credential" | "invalid_credential"; organizationId: null };

/** What a verification comes to. `refused`: there is no credential, or it is no good. */
export type Verdict =
  | { kind: "verified"; kept: Kept; standing: Standing | null }
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
  recall(presented: Presented, selector: OrganizationSelector): Kept | undefined;
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
  catalogue: Catalogue;
  clock: Clock;
  log: Logger;
  credentials: Credentials;
  /** Credentials that are kept at most; 0 keeps none and reads the database each time. */
  cacheSize: number;
};

// Long enough to spare the database a flood, short enough that nobody waits for a key that was just enabled.
const negativeMs = 500;
// What triggers announce is dropped at once; this bounds what no trigger saw, such as a restored backup.
const positiveMs = 60_000;
const usageMs = 1_000;

const invalid: Refusal = { code: "invalid_credential", organizationId: null };

/** Verifies credentials: from memory while changes are being heard of, else by one statement. */
export function createVerifier(ports: Ports): Verifier {
  const { clock, credentials } = ports;
  const loadSession = sessionLoader(ports);
  const loadKey = keyLoader(ports);
  const meter = createMeter(ports);
  const usage = createUsage(ports, usageMs);
  const good = new TaggedCache<Kept>(Math.max(1, ports.cacheSize));
  const bad = new TaggedCache<Refusal>(Math.max(1, Math.ceil(ports.cacheSize / 5)));
  const feed = openNews(ports, good, bad);

  const load = (credential: Credential, selector: OrganizationSelector): Promise<Kept | Refusal> =>
    credential.kind === "session"
      ? loadSession({ token: credential.token, selector }).then(keptSession)
      : loadKey(credential.key).then((key) =>
          key === null || "code" in key ? (key ?? invalid) : keptKey(key, selector),
        );

  const verifyOne = async (presented: Presented, selector: OrganizationSelector): Promise<Kept | Refusal> => {
    // What fails by its form is refused for free each time, and must not fill the memory.
    const credential = credentials.check(presented);
    if (credential === null) return invalid;
    const name = credential.kind === "session" ? credential.token : credential.key;
    const refused = feed.trusted() ? bad.get(name, performance.now()) : undefined;
    if (refused !== undefined) return refused;
    const mark = feed.mark();
    const [now, asked] = [clock().getTime(), performance.now()];
    const loaded = await load(credential, selector);
    if ("code" in loaded) {
      if (feed.trusted()) bad.set(name, loaded, [], asked + negativeMs);
      return loaded;
    }
    if (!feed.trusted()) return loaded;
    const tags = tagsOf(loaded);
    // Kept are as many variants of a credential as its holder has organizations, whatever callers can think of.
    const keepable =
      isCanonical(presented) && (loaded.organization !== null || selector.by === "current" || selector.by === "none");
    if (keepable && feed.unchangedSince(mark, tags)) {
      const expiresAt = loaded.principal.expiresAt?.getTime() ?? Infinity;
      good.set(cacheKey(presented, selector), loaded, tags, Math.min(now + positiveMs, expiresAt));
    }
    return loaded;
  };

  const recall: Verifier["recall"] = (presented, selector) => {
    const kept = feed.trusted() ? good.get(cacheKey(presented, selector), clock().getTime()) : undefined;
    // A key is no session, and a session no key, wherever in the request they stand.
    return kept && (kept.principal.type === "apiKey") === (presented.kind === "apiKey") ? kept : undefined;
  };

  return {
    recall(presented, selector) {
      const kept = recall(presented, selector);
      if (kept === undefined || kept.meteredKeyId !== null) return undefined;
      if (kept.usedKeyId !== null) usage.count(kept.usedKeyId);
      return kept;
    },
    async verify(presented, selector, counts = () => true) {
      if (presented === "conflict") return { kind: "conflict" };
      if (presented === null) return { kind: "refused", code: "no_credential", organizationId: null };
      const kept = recall(presented, selector) ?? (await verifyOne(presented, selector));
      if ("code" in kept) return { kind: "refused", ...kept };
      let standing: Standing | null = null;
      if (!counts(kept)) return { kind: "verified", kept, standing };
      if (kept.meteredKeyId !== null) {
        const metered = await meter(kept.meteredKeyId);
        if (metered.kind === "gone") return { kind: "refused", ...invalid };
        if (metered.kind !== "admitted") return metered;
        standing = metered.standing;
      }
      if (kept.usedKeyId !== null) usage.count(kept.usedKeyId);
      return { kind: "verified", kept, standing };
    },
    fence: () => feed.fence(),
    trusted: () => feed.trusted(),
    size: () => good.size,
    flush: () => usage.flush(),
    async close() {
      await feed.close();
      await usage.close();
    },
  };
}

function openNews(ports: Ports, ...caches: TaggedCache<unknown>[]): Feed {
  if (ports.cacheSize === 0) return silentFeed;
  return openFeed({
    listen: (channel, hear, lost) => ports.database.listen(channel, hear, lost),
    drop: (tag) => {
      for (const cache of caches) cache.drop(tag);
    },
    clear: () => {
      for (const cache of caches) cache.clear();
    },
    log: ports.log,
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

function keptSession(verified: Verified | null): Kept | Refusal {
  if (verified === null) return invalid;
  const { principal, organization } = verified;
  return { principal, organization, answers: new Map(), meteredKeyId: null, usedKeyId: null };
}

/** A key has one organization; asked for another, or for none, it has no standing there. */
function keptKey({ principal, organization, metered }: LoadedKey, selector: OrganizationSelector): Kept {
  const meant =
    selector.by === "current" ||
    (selector.by === "id" && selector.id === organization?.id) ||
    (selector.by === "slug" && selector.slug === organization?.slug);
  return {
    principal,
    organization: meant ? organization : null,
    answers: new Map(),
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
