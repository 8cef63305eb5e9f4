import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { inPages } from "../../../core/page.ts";
import { notFound } from "../../../core/problem.ts";
import { type Scope, updated } from "../../../core/scope.ts";
import type { Tx } from "../../../db/types.ts";
import type { AccountData, Adopt } from "../../../http/module.ts";
import { pictureUrl, text, timestamp } from "../../../http/schemas.ts";
import { userProfile } from "./table.ts";

export const Profile = z
  .object({
    bio: z.string().nullable().meta({ description: "What you say about yourself" }),
    avatar: z.string().nullable().meta({ description: "The URL of a picture" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "Profile" });

export const ProfileChanges = z
  .strictObject({
    bio: text(2000, 0).nullable(),
    avatar: pictureUrl().nullable(),
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

/** Takes what somebody said of themselves without an account, where the account says nothing. */
export const adoptProfile: Adopt = async (from, to) => {
  const [said] = await from.as((tx) => tx.select().from(userProfile).where(eq(userProfile.userId, from.id)));
  if (!said || (said.bio === null && said.avatar === null)) return;
  const { bio, avatar, updatedAt } = said;
  const empty = and(eq(userProfile.userId, to.id), isNull(userProfile.bio), isNull(userProfile.avatar));
  await to.as((tx) => tx.update(userProfile).set({ bio, avatar, updatedAt }).where(empty));
};

/** Creates a user's empty profile, in the transaction that creates the user. */
export async function makeProfile(tx: Tx, userId: string, { now }: { now: Date }): Promise<void> {
  await tx.insert(userProfile).values({ userId, createdAt: now, updatedAt: now });
}
