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

/** `on` or `off`, as a boolean. */
export const flag = (otherwise: "on" | "off") =>
  z
    .enum(["on", "off"])
    .default(otherwise)
    .transform((value) => value === "on");
