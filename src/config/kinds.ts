import { z } from "zod";

/** Items separated by commas. */
export const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

/** A whole number from `least` up. */
export const count = (otherwise: number, least = 1) => z.coerce.number().int().min(least).default(otherwise);

export const origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ""), {
    error: "must be an origin such as https://app.example.com, without a path",
  });

/** A text that is refused with what is wrong with it. @param faultOf null where nothing is. */
export const checked = (faultOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  });

/**
 * What is wrong with a URL; null where it can be read.
 *
 * @param schemes that it may have, such as `redis`.
 * @param form how one looks, for whoever corrects it.
 */
export function urlFault(text: string, schemes: readonly string[], form: string): string | null {
  if (!schemes.some((scheme) => text.startsWith(`${scheme}://`))) return `must look like ${form}`;
  try {
    decodeURIComponent(urlOf(text).href);
    return null;
  } catch {
    return `can't be read: it must look like ${form}, with special characters of the password escaped (%40 for @)`;
  }
}

/** A user without a host is PostgreSQL's way to name a socket's directory by `?host=`. @throws for what is no URL. */
export const urlOf = (text: string): URL => new URL(text.replace("@/", "@localhost/"));

/** `on` or `off`, as a boolean. */
export const flag = (otherwise: "on" | "off") =>
  z
    .enum(["on", "off"])
    .default(otherwise)
    .transform((value) => value === "on");
