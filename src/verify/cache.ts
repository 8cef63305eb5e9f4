/** What decides about an entry: `session:ID`, `user:ID`, `organization:ID`, `apikey:ID`. */
export type Tag = `${"session" | "user" | "organization" | "apikey"}:${string}`;

type Entry<Value> = { key: string; value: Value; tags: readonly Tag[]; until: number; used: boolean };

/**
 * A bounded map whose entries can be dropped by what decides about them. When it is full, the oldest entry that
 * wasn't used since it was last considered makes room.
 *
 * @param limit entries at most.
 */
export class TaggedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #tagged = new Map<Tag, Set<Entry<Value>>>();
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
  set(key: string, value: Value, tags: readonly Tag[], until: number): void {
    const old = this.#entries.get(key);
    if (old) this.#remove(old);
    while (this.#entries.size >= this.limit) this.#makeRoom();
    const entry = { key, value, tags, until, used: false };
    this.#entries.set(key, entry);
    for (const tag of tags) {
      const set = this.#tagged.get(tag);
      if (set) set.add(entry);
      else this.#tagged.set(tag, new Set([entry]));
    }
  }

  drop(tag: Tag): void {
    for (const entry of this.#tagged.get(tag) ?? []) this.#remove(entry);
  }

  clear(): void {
    this.#entries.clear();
    this.#tagged.clear();
  }

  #makeRoom(): void {
    for (const entry of this.#entries.values()) {
      if (!entry.used) return this.#remove(entry);
      // A second chance, at the end of the queue.
      entry.used = false;
      this.#entries.delete(entry.key);
      this.#entries.set(entry.key, entry);
    }
  }

  #remove(entry: Entry<Value>): void {
    this.#entries.delete(entry.key);
    for (const tag of entry.tags) {
      const set = this.#tagged.get(tag);
      set?.delete(entry);
      if (set?.size === 0) this.#tagged.delete(tag);
    }
  }
}
