/**
 * What may be kept of an error: one line, without anything that its job was told, such as an address or a link.
 *
 * @param payload what the job was told.
 * @returns at most 500 characters.
 */
export function sayable(err: unknown, payload: unknown): string {
  let text = err instanceof Error ? err.message : String(err);
  for (const secret of textsIn(payload).toSorted((one, other) => other.length - one.length))
    text = text.replaceAll(secret, "…");
  return text
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, 500);
}

/** Every text in a value. Those of a few letters, such as a language, aren't worth hiding. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.length > 3 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
