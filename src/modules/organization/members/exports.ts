import { and, eq } from "drizzle-orm";
import { member } from "../../../auth/tables/organization.ts";
import { inPages } from "../../../core/page.ts";
import type { OrganizationData } from "../../../http/module.ts";
import { Member } from "./members.ts";

/** One's own membership. */
export const membership: OrganizationData = {
  by: ["member.user_id"],
  schema: Member.omit({ user: true, userId: true }).meta({ id: "ExportedMembership" }),
  permission: null,
  read: ({ db, organizationId, userId }) =>
    inPages(() =>
      db
        .select()
        .from(member)
        .where(and(eq(member.organizationId, organizationId), eq(member.userId, userId))),
    ),
};
