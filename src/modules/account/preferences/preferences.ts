import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Language } from "../../../core/language.ts";
import { inPages } from "../../../core/page.ts";
import { type Scope, updated } from "../../../core/scope.ts";
import type { ReadDb } from "../../../db/types.ts";
import type { AccountData, Adopt } from "../../../http/module.ts";
import { language as languages, theme as themes, userPreference } from "./table.ts";

/**
 * An IANA time zone in its usual spelling, undefined for anything else: an offset has no daylight saving time. Not
 * Intl.supportedValuesOf, which lacks names that browsers send, such as Asia/Calcutta.
 */
function timezoneOf(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const language = z.enum(languages.enumValues).meta({ description: "A language that the service speaks" });
const timezone = z
  .string()
  .max(64)
  .transform((name, context) => {
    const known = timezoneOf(name);
    if (known !== undefined) return known;
    context.addIssue({ code: "custom", message: "must be an IANA time zone such as Europe/Zurich" });
    return z.NEVER;
  })
  .meta({ description: "An IANA time zone", example: "Europe/Zurich" });
const theme = z.enum(themes.enumValues).meta({ description: "`system`: as the device has it" });

const notifications = z.strictObject({
  newDevice: z.boolean().meta({ description: "A sign-in from a device that is new" }),
  invitation: z.boolean().meta({ description: "An invitation to an organization" }),
  membership: z.boolean().meta({ description: "Another role in an organization, or none any more" }),
  taskAssigned: z.boolean().meta({ description: "A task that somebody assigned to you" }),
});

export const Preferences = z
  .object({
    language: language.nullable().meta({ description: "Null: as the browser asks for" }),
    timezone: z.string().nullable().meta({ description: "An IANA time zone; null: as the device has it" }),
    theme,
    notifications,
  })
  .meta({ id: "Preferences" });

export type Preferences = z.infer<typeof Preferences>;

export const PreferenceChanges = z
  .strictObject({
    language: language.nullable(),
    timezone: timezone.nullable(),
    theme,
    notifications: notifications.partial().meta({ description: "Merged kind by kind with what is set" }),
  })
  .partial()
  .meta({ id: "PreferenceChanges", example: { language: "de", notifications: { taskAssigned: false } } });

type Row = typeof userPreference.$inferSelect;

const shown = (row: Row): Preferences => {
  const { newDevice, invitation, membership, taskAssigned } = row;
  return {
    language: row.language,
    timezone: row.timezone,
    theme: row.theme,
    notifications: { newDevice, invitation, membership, taskAssigned },
  };
};

/** What holds for who has never set anything: the defaults of the columns. */
const unset: Preferences = {
  language: null,
  timezone: null,
  theme: "system",
  notifications: { newDevice: true, invitation: true, membership: true, taskAssigned: true },
};

/** The person's own preferences. Row-level security hides all others'. */
export async function getPreferences(scope: Scope, userId: string): Promise<Preferences> {
  const [row] = await scope.db.select().from(userPreference).where(eq(userPreference.userId, userId)).limit(1);
  return row ? shown(row) : unset;
}

type Scoped = { scoped(settings: { "app.user_id": string }): ReadDb };

/** How a person wants to be mailed. @param userId null for nobody, and null for who has set nothing. */
export async function mailPreferences(
  database: Scoped,
  userId: string | null,
): Promise<{ language: Language | null; newDevice: boolean } | null> {
  if (userId === null) return null;
  const { language, newDevice } = userPreference;
  const db = database.scoped({ "app.user_id": userId });
  const [row] = await db
    .select({ language, newDevice })
    .from(userPreference)
    .where(eq(userPreference.userId, userId))
    .limit(1);
  return row ?? null;
}

/** Changes the person's own preferences. @throws 412. */
export function updatePreferences(
  scope: Scope,
  userId: string,
  { notifications: kinds = {}, ...changes }: z.infer<typeof PreferenceChanges>,
): Promise<Preferences> {
  return scope.mutate("preferences.updated", async (tx, hold) => {
    const mine = eq(userPreference.userId, userId);
    const updatedAt = scope.now();
    await tx.insert(userPreference).values({ userId, updatedAt }).onConflictDoNothing();
    const [found] = await tx.select().from(userPreference).where(mine).for("update");
    const before = hold({ id: userId, ...shown(found!) }, Preferences);
    const values = { ...changes, ...kinds, updatedAt };
    const [row] = await tx.update(userPreference).set(values).where(mine).returning();
    return updated(before, { id: userId, ...shown(row!) });
  });
}

/** Takes what somebody set without an account, where the account has set nothing. */
export const adoptPreferences: Adopt = async (from, to) => {
  const [set] = await from.as((tx) => tx.select().from(userPreference).where(eq(userPreference.userId, from.id)));
  if (!set) return;
  await to.as((tx) =>
    tx
      .insert(userPreference)
      .values({ ...set, userId: to.id })
      .onConflictDoNothing(),
  );
};

/** The preferences, as part of the export of one's own data. */
export const exportedPreferences: AccountData = {
  by: ["user_preference.user_id"],
  schema: Preferences,
  read: ({ db, userId }) =>
    inPages(async () => {
      const rows = await db.select().from(userPreference).where(eq(userPreference.userId, userId));
      return rows.map(shown);
    }),
};
