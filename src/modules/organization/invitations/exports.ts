import { and, eq } from "drizzle-orm";
import { invitation } from "../../../auth/tables/organization.ts";
import { inPages } from "../../../core/page.ts";
import { keyset } from "../../../db/schema/keyset.ts";
import type { ReceivedInvitationRow } from "../../../directory/invitations.ts";
import type { AccountData, OrganizationData } from "../../../http/module.ts";
import { Invitation } from "./schemas.ts";
import { MyInvitation } from "./received.ts";

/** Invitations to one's own address, once it is verified: others' would be read by claiming theirs. */
export const received: AccountData = {
  by: ["invitation.email"],
  schema: MyInvitation.omit({ inviter: true, inviterId: true }).meta({ id: "ExportedReceivedInvitation" }),
  read: ({ directory, provenEmail }) =>
    inPages<ReceivedInvitationRow>(async (last, limit) => {
      const after = last && ([last.createdAt.toISOString(), last.id] as const);
      return provenEmail === null ? [] : directory.listInvitations(provenEmail, { openAt: null, after, limit });
    }),
};

/** Invitations that one has sent, without the addresses that they went to. */
export const sent: OrganizationData = {
  by: ["invitation.inviter_id"],
  schema: Invitation.omit({ email: true, inviterId: true }).meta({ id: "ExportedSentInvitation" }),
  permission: null,
  read: ({ db, organizationId, userId }) =>
    inPages<typeof invitation.$inferSelect>((last, limit) => {
      const { after, orderBy } = keyset([invitation.id], "asc", last && [last.id]);
      const mine = and(eq(invitation.organizationId, organizationId), eq(invitation.inviterId, userId), after);
      return db
        .select()
        .from(invitation)
        .where(mine)
        .orderBy(...orderBy)
        .limit(limit);
    }),
};
