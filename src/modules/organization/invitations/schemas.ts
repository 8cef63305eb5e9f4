import { z } from "zod";
import type { invitation } from "../../../auth/tables/organization.ts";
import { pageQuery, sortQuery } from "../../../core/page.ts";
import { list, timestamp } from "../../../http/schemas.ts";
import { RoleInput } from "../roles/index.ts";

const statuses = ["pending", "accepted", "rejected", "canceled"] as const;

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.string().nullable().meta({ description: "One role, or several separated by commas", example: "member" }),
    status: z.enum(statuses),
    inviterId: z.string().meta({ description: "The user who sent it, or sent it again" }),
    expiresAt: timestamp().meta({ description: "A pending invitation can be accepted until then" }),
    createdAt: timestamp(),
  })
  .meta({ id: "Invitation" });

/** An invitation as those who may invite see it. */
export const SentInvitation = Invitation.extend({
  inviter: z.object({ id: z.string(), name: z.string() }).meta({ description: "Who sent it, or sent it again" }),
}).meta({ id: "SentInvitation" });
export type SentInvitation = z.infer<typeof SentInvitation>;

export const InvitationList = list(SentInvitation, "InvitationList");

export const NewInvitation = z
  .object({
    email: z.string().trim().toLowerCase().max(254).pipe(z.email()).meta({ format: "email" }),
    role: RoleInput.optional().meta({ description: "The organization's default role where it isn't given" }),
  })
  .meta({ id: "NewInvitation", example: { email: "grace@example.com", role: "member" } });

export const InvitationQuery = z.object({
  ...pageQuery,
  ...sortQuery(["createdAt"], "-createdAt"),
  q: z.string().trim().max(254).optional().meta({ description: "A part of the address" }),
  status: z.enum(statuses).optional().meta({ description: "Only those of this status" }),
});

export type InvitationRow = Omit<typeof invitation.$inferSelect, "status"> & { status: (typeof statuses)[number] };
