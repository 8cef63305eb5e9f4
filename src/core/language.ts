/** The languages that the service speaks. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** The language that a client asks for first, of those that are spoken (RFC 9110, 12.5.4). Null where it asks for none. */
export const askedLanguage = (acceptLanguage: string | null | undefined): Language | null =>
  askedOf(languages, acceptLanguage);

/** The same of any languages. */
export function askedOf<Name extends string>(
  spoken: readonly Name[],
  acceptLanguage: string | null | undefined,
): Name | null {
  const asked = (acceptLanguage ?? "")
    .slice(0, 200)
    .split(",")
    .flatMap((part) => {
      const [range = "", weight = "q=1"] = part.split(";").map((each) => each.trim().toLowerCase());
      const name = spoken.find((each) => each === range.split("-")[0]);
      const quality = Number(/^q=([\d.]+)$/.exec(weight)?.[1] ?? 0);
      return name !== undefined && quality > 0 ? [{ name, quality }] : [];
    });
  // The sort is stable: of equals the first counts.
  return asked.toSorted((one, other) => other.quality - one.quality)[0]?.name ?? null;
}
