import { eq } from "drizzle-orm";
import { z } from "zod";
import { inPages } from "../../../core/page.ts";
import { notFound } from "../../../core/problem.ts";
import { type Scope, updated } from "../../../core/scope.ts";
import type { Tx } from "../../../db/types.ts";
import type { AccountData } from "../../../http/module.ts";
import { pictureUrl, text, timestamp } from "../../../http/schemas.ts";
import { type Preferences, userProfile } from "./table.ts";

/** RFC 5646 (BCP 47), in its canonical form. */
const language = z
  .string()
  .max(35)
  .transform((tag, context) => {
    try {
      return new Intl.Locale(tag).toString();
    } catch {
      context.addIssue({ code: "custom", message: "must be a BCP 47 language tag such as de-CH" });
      return z.NEVER;
    }
  })
  .meta({ description: "A BCP 47 language tag", example: "de-CH" });

const timezone = z
  .string()
  .max(64)
  .refine(isTimezone, { error: "must be an IANA time zone such as Europe/Zurich" })
  .meta({ description: "An IANA time zone", example: "Europe/Zurich" });

const theme = z.enum(["system", "light", "dark"]).meta({ description: "`system`: as the device has it" });

export const Profile = z
  .object({
    bio: z.string().nullable().meta({ description: "What you say about yourself" }),
    avatar: z.string().nullable().meta({ description: "The URL of a picture" }),
    preferences: z.object({
      language: z.string().optional(),
      timezone: z.string().optional(),
      theme: theme.optional(),
    }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "Profile" });

export const ProfileChanges = z
  .strictObject({
    bio: text(2000, 0).nullable(),
    avatar: pictureUrl().nullable(),
    preferences: z
      .strictObject({ language: language.nullable(), timezone: timezone.nullable(), theme: theme.nullable() })
      .partial()
      .meta({ description: "Merged key by key with what is set; null clears a key" }),
  })
  .partial()
  .meta({ id: "ProfileChanges", example: { bio: "I count." } });

type Row = typeof userProfile.$inferSelect;

/** The person's own profile. Row-level security hides all others. @throws 404. */
export async function getProfile(scope: Scope, userId: string): Promise<Row> {
  const [row] = await scope.db.select().from(userProfile).where(eq(userProfile.userId, userId)).limit(1);
  if (!row) throw notFound();
  return row;
}

/** Changes the person's own profile. @throws 412. */
export function updateProfile(scope: Scope, userId: string, changes: z.infer<typeof ProfileChanges>): Promise<Row> {
  return scope.mutate("profile.updated", async (tx, hold) => {
    const mine = eq(userProfile.userId, userId);
    const [found] = await tx.select().from(userProfile).where(mine).for("update");
    if (!found) throw notFound();
    const before = hold({ id: userId, ...found }, Profile);
    const [row] = await tx
      .update(userProfile)
      .set({
        ...(changes.bio === undefined ? {} : { bio: changes.bio }),
        ...(changes.avatar === undefined ? {} : { avatar: changes.avatar }),
        preferences: merged(before.preferences, changes.preferences ?? {}),
        updatedAt: scope.now(),
      })
      .where(mine)
      .returning();
    return updated(before, { id: userId, ...row! });
  });
}

/** The profile, as part of the export of one's own data. */
export const exportedProfile: AccountData = {
  by: ["user_profile.user_id"],
  schema: Profile,
  read: ({ db, userId }) => inPages(() => db.select().from(userProfile).where(eq(userProfile.userId, userId))),
};

/** Creates a user's empty profile, in the transaction that creates the user. */
export async function makeProfile(tx: Tx, userId: string, { now }: { now: Date }): Promise<void> {
  await tx.insert(userProfile).values({ userId, createdAt: now, updatedAt: now });
}

type PreferenceChanges = NonNullable<z.infer<typeof ProfileChanges>["preferences"]>;

function merged(before: Preferences, changes: PreferenceChanges): Preferences {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** An offset such as +01:00 isn't a time zone: it has no daylight saving time. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
