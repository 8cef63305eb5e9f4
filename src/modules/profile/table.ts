import { jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { user } from "../../auth/tables.ts";
import { instant, userPolicy } from "../../db/columns.ts";

/** What a person sets for themselves, as the profile's preferences. */
export type Preferences = { language?: string; timezone?: string; theme?: "system" | "light" | "dark" };

export const userProfile = pgTable(
  "user_profile",
  {
    userId: text("user_id")
      .primaryKey()
      .references(() => user.id, { onDelete: "cascade" }),
    bio: text("bio"),
    avatar: text("avatar"),
    preferences: jsonb("preferences").$type<Preferences>().notNull().default({}),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [userPolicy("user_profile", t.userId)],
);
