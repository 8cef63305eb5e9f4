import { boolean, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { languages } from "../../../core/language.ts";
import { user } from "../../../auth/tables/identity.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { instant } from "../../../db/schema/columns.ts";

export const language = pgEnum("language", languages);
export const theme = pgEnum("theme", ["system", "light", "dark"]);

// A person has a row once they have set something. Each kind of notification is a column.
export const userPreference = pgTable(
  "user_preference",
  {
    userId: text("user_id")
      .primaryKey()
      .references(() => user.id, { onDelete: "cascade" }),
    language: language("language"),
    timezone: text("timezone"),
    theme: theme("theme").notNull().default("system"),
    newDevice: boolean("notify_new_device").notNull().default(true),
    invitation: boolean("notify_invitation").notNull().default(true),
    membership: boolean("notify_membership").notNull().default(true),
    taskAssigned: boolean("notify_task_assigned").notNull().default(true),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => bounded("user_preference", t, { timezone: 64 }),
);
