import { z } from "zod";
import { invalidField } from "../../../core/problem.ts";
import type { OrganizationSettings } from "./table.ts";

const most = 100;
const name = z
  .string()
  .regex(/^[A-Za-z][\w.-]{0,63}$/, "a name has at most 64 letters, digits and _ . -, a letter first");
const value = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** An organization's settings: one level of names and values, which the application defines. */
export const Settings = z
  .record(z.string(), z.union([value, z.null()]))
  .meta({ description: "Names and values that the application defines" });

/** Settings to change: those not named stay, and null removes one (RFC 7396). */
export const SettingsChanges = z.record(name, z.union([value, z.null()])).meta({
  description: "Settings to change; those not named stay, and null removes one",
  propertyNames: { type: "string", pattern: "^[A-Za-z][\\w.-]{0,63}$" },
});

/** @throws 422 for more settings than an organization can have. */
export function mergeSettings(
  before: OrganizationSettings,
  changes: z.infer<typeof SettingsChanges>,
): OrganizationSettings {
  const merged = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  if (merged.length > most) throw invalidField("settings", `an organization has at most ${most}`);
  return Object.fromEntries(merged);
}
