import { pgTable, text } from "drizzle-orm/pg-core";
import { user } from "../../../auth/tables/identity.ts";
import { bounded, webLink } from "../../../db/schema/bounded.ts";
import { instant } from "../../../db/schema/columns.ts";

export const userProfile = pgTable(
  "user_profile",
  {
    userId: text("user_id")
      .primaryKey()
      .references(() => user.id, { onDelete: "cascade" }),
    bio: text("bio"),
    avatar: text("avatar"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [...bounded("user_profile", t, { bio: 2000, avatar: 2048 }), webLink("user_profile", t.avatar)],
);
