import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { notFound } from "../../core/problem.ts";
import { type Scope, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
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
  .meta({ type: "string", description: "A BCP 47 language tag", example: "de-CH" });

const timezone = z
  .string()
  .max(64)
  .refine(isTimezone, { error: "must be an IANA time zone such as Europe/Zurich" })
  .meta({ description: "An IANA time zone", example: "Europe/Zurich" });

const theme = z.enum(["system", "light", "dark"]);

export const Profile = z
  .object({
    bio: z.string().nullable(),
    avatar: z.string().nullable(),
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
  .object({
    bio: text(2000, 0).nullable(),
    avatar: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullable(),
    preferences: z
      .strictObject({ language: language.nullable(), timezone: timezone.nullable(), theme: theme.nullable() })
      .partial()
      .meta({ description: "Merged key by key with what is set; null clears a key" }),
  })
  .partial()
  .meta({ id: "ProfileChanges" });

type Row = typeof userProfile.$inferSelect;

/** The person's own profile. Row-level security lets through no other. */
export async function getProfile(scope: Scope, userId: string): Promise<Row> {
  const [row] = await scope.db.select().from(userProfile).where(eq(userProfile.userId, userId)).limit(1);
  if (!row) throw notFound();
  return row;
}

/** Changes the person's own profile. @throws 412 when `ifMatch` is another version. */
export function updateProfile(
  scope: Scope,
  userId: string,
  changes: z.infer<typeof ProfileChanges>,
  ifMatch: string | undefined,
): Promise<Row> {
  return scope.mutate("profile.updated", async (tx) => {
    const mine = eq(userProfile.userId, userId);
    const [before] = await tx.select().from(userProfile).where(mine).for("update");
    if (!before) throw notFound();
    checkMatch(ifMatch, Profile, before);
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
    return updated({ id: userId, ...before }, { id: userId, ...row! });
  });
}

/** Makes the empty profile that every user has, in the transaction that makes the user. */
export const provisionUser =
  (clock: Clock) =>
  async (tx: Tx, userId: string): Promise<void> => {
    const now = clock();
    await tx.insert(userProfile).values({ userId, createdAt: now, updatedAt: now });
  };

type PreferenceChanges = NonNullable<z.infer<typeof ProfileChanges>["preferences"]>;

function merged(before: Preferences, changes: PreferenceChanges): Preferences {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** An offset such as +01:00 is no zone: it knows no summer. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
