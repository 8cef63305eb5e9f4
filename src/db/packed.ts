/** What an executable carries in itself, since no files lie beside it. Paths lead into it. */
export type Packed = {
  /** In the order of the journal. */
  readonly migrations: readonly { readonly tag: string; readonly sql: string }[];
  /** Down files, by the tag of their migration. */
  readonly downs: Readonly<Record<string, string>>;
  readonly guards: Readonly<Record<string, string>>;
  readonly pglite: {
    readonly wasm: string;
    readonly initdb: string;
    readonly data: string;
    /** The bundles of its extensions, by name. */
    readonly extensions: Readonly<Record<string, string>>;
    /** A data directory with every migration applied, which a fresh one starts from. */
    readonly snapshot: string;
  };
};

/** Undefined where the service runs from its source; `deploy/build.ts` puts something in its place. */
export const packed = undefined as Packed | undefined;
