import { z } from "zod";
import { invalidField } from "../../../core/problem.ts";
import type { OrganizationSettings } from "./table.ts";

const most = 100;
const name = z
  .string()
  .regex(/^[A-Za-z][\w.-]{0,63}$/, "a name has at most 64 letters, digits and _ . -, a letter first");
const value = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** The settings that mean something here. The application defines whatever others there are. */
const known = {
  requireTwoFactor: z.boolean().nullish(),
  twoFactorGraceDays: z.int().min(0).max(90).nullish(),
};

const words =
  "`requireTwoFactor` asks every member for a second factor, after `twoFactorGraceDays` (0 to 90). The application defines the others";

/** An organization's settings: one level of names and values, most of which the application defines. */
export const Settings = z
  .record(z.string(), z.union([value, z.null()]))
  .meta({ description: `Names and values. ${words}` });

/** Settings to change: those not named stay, and null removes one (RFC 7396). */
export const SettingsChanges = z
  .record(name, z.union([value, z.null()]))
  .superRefine((given, context) => {
    for (const [field, schema] of Object.entries(known)) {
      if (!Object.hasOwn(given, field) || schema.safeParse(given[field]).success) continue;
      const message = field === "requireTwoFactor" ? "must be true or false" : "must be a whole number from 0 to 90";
      context.addIssue({ code: "custom", path: [field], message });
    }
  })
  .meta({
    description: `Settings to change; those not named stay, and null removes one. ${words}`,
    propertyNames: { type: "string", pattern: "^[A-Za-z][\\w.-]{0,63}$" },
  });

/** What an organization requires of its members, as its row holds it. */
export type TwoFactorRule = { twoFactorRequiredFrom: Date | null; twoFactorGraceDays: number };

const dayMs = 24 * 3_600_000;

/** The rule after a change of settings. The grace counts from when the second factor was first required. */
export function changedRule(
  { twoFactorRequiredFrom: before, twoFactorGraceDays: daysBefore }: TwoFactorRule,
  changes: z.infer<typeof SettingsChanges>,
  now: Date,
): TwoFactorRule {
  const { requireTwoFactor = before !== null, twoFactorGraceDays = daysBefore } = changes;
  const days = Number(twoFactorGraceDays ?? 0);
  if (requireTwoFactor !== true) return { twoFactorRequiredFrom: null, twoFactorGraceDays: days };
  const since = before === null ? now.getTime() : before.getTime() - daysBefore * dayMs;
  return { twoFactorRequiredFrom: new Date(since + days * dayMs), twoFactorGraceDays: days };
}

/** The rule, among the settings. */
export const shownSettings = (
  settings: OrganizationSettings | null,
  { twoFactorRequiredFrom, twoFactorGraceDays }: TwoFactorRule,
): OrganizationSettings => ({
  ...settings,
  ...(twoFactorRequiredFrom === null ? {} : { requireTwoFactor: true }),
  ...(twoFactorGraceDays === 0 ? {} : { twoFactorGraceDays }),
});

/** @throws 422 for more settings than an organization can have. */
export function mergeSettings(
  before: OrganizationSettings,
  changes: z.infer<typeof SettingsChanges>,
): OrganizationSettings {
  const merged = Object.entries({ ...before, ...changes }).filter(
    ([name, value]) => value !== null && !Object.hasOwn(known, name),
  );
  if (merged.length > most) throw invalidField("settings", `an organization has at most ${most}`);
  return Object.fromEntries(merged);
}
