import { z } from "zod";
import { organizationSelector } from "../../../core/principal.ts";

const longest = 48;

/** What may stand for an organization in a path beside its id. */
export const isSlug = (text: string): boolean => organizationSelector(text)?.by === "slug";

export const Slug = z
  .string()
  .trim()
  .refine(isSlug, {
    error: "must have at most 48 of a-z, 0-9 and single hyphens between them, and not be `current` or a UUID",
  })
  .meta({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: longest, example: "acme" });

/**
 * Slugs for an organization that was given none, best first: its name, then its name made unique.
 *
 * @param id the organization's UUID; its last digits are random.
 */
export function slugsFor(name: string, id: string): string[] {
  const plain = shortened(
    name
      .normalize("NFKD")
      .replaceAll(/\p{M}+/gu, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-"),
    longest,
  );
  const suffixed = (digits: number) => {
    const suffix = id.slice(-digits);
    return `${shortened(plain, longest - digits - 1) || "org"}-${suffix}`;
  };
  return [plain, suffixed(6), suffixed(12)].filter(isSlug);
}

const shortened = (text: string, max: number): string => text.replace(/^-/, "").slice(0, max).replace(/-$/, "");
