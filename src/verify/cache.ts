/** What decides about an entry: `session:ID`, `user:ID`, `organization:ID`, `apikey:ID`. */
export type Tag = `${"session" | "user" | "organization" | "apikey"}:${string}`;

type Entry<Value> = {
  key: string;
  value: Value;
  tags: readonly Tag[];
  until: number;
  bytes: number;
  used: boolean;
};

/** What an entry takes apart from its key and value, about. */
const entryBytes = 500;

/**
 * A bounded map whose entries can be dropped by what decides about them. When it is full, the next entry that wasn't
 * used since it was last considered makes room, oldest first.
 *
 * @param limit entries at most.
 * @param maxBytes of all entries together at most, about; one that is larger by itself isn't kept.
 * @param bytesOf how many bytes a value takes, about.
 */
export class TaggedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  /** Most tags have one entry, and a set for each would weigh as much as the entries. */
  readonly #tagged = new Map<Tag, Entry<Value> | Set<Entry<Value>>>();
  /** Goes round and round. An iterator started each time would step over what was removed since the map was last compacted. */
  #hand = this.#entries.values();
  #bytes = 0;
  constructor(
    readonly limit: number,
    readonly maxBytes = Infinity,
    readonly bytesOf: (value: Value) => number = () => 0,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** What all entries take, about. */
  get bytes(): number {
    return this.#bytes;
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
    const bytes = entryBytes + 2 * key.length + this.bytesOf(value);
    if (bytes > this.maxBytes) return;
    while (this.#entries.size >= this.limit || this.#bytes + bytes > this.maxBytes) this.#makeRoom();
    const entry = { key, value, tags, until, bytes, used: false };
    this.#entries.set(key, entry);
    this.#bytes += bytes;
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

  /** Removes entries whose time has come. @param now milliseconds. */
  sweep(now: number): void {
    for (const entry of this.#entries.values()) if (entry.until <= now) this.#remove(entry);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
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
    this.#bytes -= entry.bytes;
    for (const tag of entry.tags) {
      const held = this.#tagged.get(tag);
      if (held === entry || (held instanceof Set && held.delete(entry) && held.size === 0)) this.#tagged.delete(tag);
    }
  }
}
