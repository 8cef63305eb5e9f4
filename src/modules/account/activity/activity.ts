import { count, desc, gte, max, sql } from "drizzle-orm";
import { z } from "zod";
import type { Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import { timestamp } from "../../../http/schemas.ts";
import { ownActivity } from "./table.ts";

const days = z.coerce.number().int().min(1).max(90);

export const ActivityQuery = z.object({
  days: days.default(30).meta({ description: "How many days, today included" }),
});

export const Activity = z
  .object({
    from: z.iso.date().meta({ description: "The first day" }),
    to: z.iso.date().meta({ description: "Today" }),
    total: z.int(),
    data: z
      .array(
        z.object({
          day: z.iso.date().meta({ description: "Of UTC" }),
          action: z.string().meta({ description: "As the audit trail names it", example: "project.created" }),
          count: z.int(),
        }),
      )
      .meta({ description: "Days and actions with any, the last day first" }),
  })
  .meta({ id: "Activity" });

export type Activity = z.infer<typeof Activity>;

export const Dashboard = z
  .object({
    organizations: z.int().meta({ description: "Organizations that you are a member of" }),
    sessions: z.int().meta({ description: "Live sessions" }),
    activity: z
      .object({ total: z.int(), today: z.int(), lastAt: timestamp().nullable() })
      .meta({ description: "What you did in the last 30 days in the organizations that you are a member of" }),
  })
  .meta({ id: "Dashboard" });

export type Dashboard = z.infer<typeof Dashboard>;

const dayMs = 24 * 3600 * 1000;
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const firstDay = (now: Date, of: number): string => dayOf(new Date(now.getTime() - (of - 1) * dayMs));
const since = (day: string) => gte(ownActivity.createdAt, new Date(day));

/** What the person did in organizations that they are a member of now, counted by day and action. */
export async function myActivity({ db, now }: Scope, query: z.infer<typeof ActivityQuery>) {
  const [from, to] = [firstDay(now(), query.days), dayOf(now())];
  const day = sql<string>`to_char(${ownActivity.createdAt} at time zone 'UTC', 'YYYY-MM-DD')`.as("day");
  const data = await db
    .select({ day, action: ownActivity.action, count: count() })
    .from(ownActivity)
    .where(since(from))
    .groupBy(day, ownActivity.action)
    .orderBy(desc(day), ownActivity.action);
  return { from, to, total: data.reduce((sum, row) => sum + row.count, 0), data };
}

/** What is the person's, in numbers. */
export async function myDashboard(
  { db, now }: Scope,
  { countOwn }: Pick<Directory, "countOwn">,
  userId: string,
): Promise<z.input<typeof Dashboard>> {
  const at = now();
  const today = count(sql`case when ${ownActivity.createdAt} >= ${new Date(dayOf(at)).toISOString()} then 1 end`);
  const [own, [activity]] = await Promise.all([
    countOwn(userId, at),
    db
      .select({ total: count(), today, lastAt: max(ownActivity.createdAt) })
      .from(ownActivity)
      .where(since(firstDay(at, 30))),
  ]);
  return { ...own, activity: activity ?? { total: 0, today: 0, lastAt: null } };
}
