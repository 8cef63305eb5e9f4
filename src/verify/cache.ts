/** What decides about an entry: `session:ID`, `user:ID`, `organization:ID`, `apikey:ID`. */
export type Tag = `${"session" | "user" | "organization" | "apikey"}:${string}`;

type Entry<Value> = { key: string; value: Value; tags: readonly Tag[]; until: number; used: boolean };

/**
 * A bounded map whose entries can be dropped by what decides about them. When it is full, the next entry that wasn't
 * used since it was last considered makes room, oldest first.
 *
 * @param limit entries at most.
 */
export class TaggedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  /** Most tags have one entry, and a set for each would weigh as much as the entries. */
  readonly #tagged = new Map<Tag, Entry<Value> | Set<Entry<Value>>>();
  /** Goes round and round. Begun anew each time, it would step over what was removed since the map was last compacted. */
  #hand = this.#entries.values();
  constructor(readonly limit: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** @param now milliseconds; an entry whose time has come is no longer there. */
  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until <= now) {
      this.#remove(entry);
      return undefined;
    }
    entry.used = true;
    return entry.value;
  }

  /** @param until milliseconds. */
  set(given: string, value: Value, tags: readonly Tag[], until: number): void {
    // A part of a header's text keeps all of the header in memory; its copy doesn't.
    const key = Buffer.from(given).toString();
    const old = this.#entries.get(key);
    if (old) this.#remove(old);
    while (this.#entries.size >= this.limit) this.#makeRoom();
    const entry = { key, value, tags, until, used: false };
    this.#entries.set(key, entry);
    for (const tag of tags) {
      const held = this.#tagged.get(tag);
      if (held instanceof Set) held.add(entry);
      else if (held !== entry) this.#tagged.set(tag, held === undefined ? entry : new Set([held, entry]));
    }
  }

  drop(tag: Tag): void {
    const held = this.#tagged.get(tag);
    if (held instanceof Set) for (const entry of held) this.#remove(entry);
    else if (held !== undefined) this.#remove(held);
  }

  clear(): void {
    this.#entries.clear();
    this.#hand = this.#entries.values();
    this.#tagged.clear();
  }

  #makeRoom(): void {
    for (;;) {
      const { value: entry, done } = this.#hand.next();
      if (done) this.#hand = this.#entries.values();
      else if (entry.used) entry.used = false;
      else return this.#remove(entry);
    }
  }

  #remove(entry: Entry<Value>): void {
    this.#entries.delete(entry.key);
    for (const tag of entry.tags) {
      const held = this.#tagged.get(tag);
      if (held === entry || (held instanceof Set && held.delete(entry) && held.size === 0)) this.#tagged.delete(tag);
    }
  }
}
