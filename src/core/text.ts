const storable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

type Place = { value: unknown; key: string; within: Place | null };

/**
 * Finds text that PostgreSQL can't store: NUL or half a surrogate pair. Nesting costs no stack.
 *
 * @returns the dotted path of the string or key; null when there is none.
 */
export function unstorableAt(body: unknown): string | null {
  const open: Place[] = [{ value: body, key: "", within: null }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value } = place;
    if (typeof value === "string" && !storable(value)) return dotted(place);
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!storable(key)) return dotted(place);
      if (typeof inner === "string" || typeof inner === "object") open.push({ value: inner, key, within: place });
    }
  }
  return null;
}

/** Where a value lies in the body, cut where a client nests deeply or sends long names. */
function dotted(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | null = place; at?.within; at = at.within) keys.push(at.key);
  return keys.toReversed().slice(0, 20).join(".").slice(0, 200) || "body";
}
