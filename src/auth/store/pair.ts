export type Row = Record<string, unknown> & { id: string };

/** A row before and after a change; null where there is none. */
export type Pair = { before: Row | null; after: Row | null };
