import { z } from "zod";
import { mailRules } from "../../../mail/limits.ts";
import {
  asking,
  bySlug,
  correcting,
  ofInvitation,
  ownRoleOnly,
  permissionDecision,
  refuseResend,
  withoutHidden,
} from "../../guard/access-rules.ts";
import {
  Allowed,
  FullOrganization,
  Invitation,
  Member,
  MemberWithUser,
  NewOrganization,
  OpenInvitation,
  Organization,
  OrganizationOrNull,
  ReceivedInvitation,
  Role,
  Status,
  Success,
} from "../answers.ts";
import type { AuthRoute } from "./route.ts";

export const organizations: Record<string, AuthRoute> = {
  "POST /organization/create": {
    summary: "Create an organization, in better-auth's form",
    answers: NewOrganization,
    atomic: true,
  },
  "POST /organization/update": {
    summary: "Change an organization, in better-auth's form",
    answers: Organization,
    needs: asking("organization:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION"),
    atomic: true,
  },
  "POST /organization/delete": {
    summary: "Delete an organization, in better-auth's form",
    answers: Organization,
    needs: asking("organization:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION"),
    fresh: true,
    atomic: true,
  },
  "POST /organization/set-active": {
    summary: "Choose the session's active organization",
    answers: OrganizationOrNull,
  },
  "POST /organization/check-slug": { summary: "Ask whether a slug is free", answers: Status },
  "GET /organization/list": { summary: "List your organizations", answers: z.array(Organization) },
  "GET /organization/get-organization": {
    summary: "Read an organization, in better-auth's form",
    answers: OrganizationOrNull,
    needs: correcting(async (response) => response, bySlug),
  },
  "GET /organization/get-full-organization": {
    summary: "Read an organization with its members and invitations",
    answers: FullOrganization,
    counts: ["membersLimit"],
    needs: correcting(withoutHidden, bySlug),
  },
  "POST /organization/has-permission": {
    summary: "Ask what you may do in an organization",
    answers: Allowed,
    needs: correcting(permissionDecision),
  },
  "GET /organization/get-active-member": {
    summary: "Read your membership of the active organization",
    answers: MemberWithUser,
  },
  "GET /organization/get-active-member-role": {
    summary: "Read a member's roles",
    answers: z.object({ role: z.string() }),
    needs: correcting(ownRoleOnly, bySlug),
  },
  "GET /organization/list-members": {
    summary: "List members, in better-auth's form",
    answers: z.object({ members: z.array(MemberWithUser), total: z.int() }),
    counts: ["limit", "offset"],
    needs: asking("member:read", "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", { organization: bySlug }),
  },
  "POST /organization/remove-member": {
    summary: "Remove a member, in better-auth's form",
    answers: z.object({ member: Member }),
    needs: asking("member:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", { status: 401 }),
    atomic: true,
  },
  "POST /organization/update-member-role": {
    summary: "Change a member's roles, in better-auth's form",
    answers: Member,
    needs: asking("member:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER"),
    fresh: "owner",
    atomic: true,
  },
  "POST /organization/leave": { summary: "Leave an organization", answers: MemberWithUser, atomic: true },
  "POST /organization/invite-member": {
    summary: "Invite someone, in better-auth's form",
    answers: Invitation,
    needs: asking("invitation:create", "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", {
      further: refuseResend,
    }),
    fresh: "owner",
    atomic: true,
    mails: mailRules.invitation,
    oneself: true,
  },
  "POST /organization/cancel-invitation": {
    summary: "Cancel an invitation, in better-auth's form",
    answers: Invitation,
    needs: asking("invitation:cancel", "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", { organization: ofInvitation }),
    atomic: true,
  },
  "POST /organization/accept-invitation": {
    summary: "Accept an invitation, in better-auth's form",
    answers: z.object({ invitation: Invitation, member: Member }),
    atomic: true,
  },
  "POST /organization/reject-invitation": {
    summary: "Decline an invitation, in better-auth's form",
    answers: z.object({ invitation: Invitation, member: z.null() }),
    atomic: true,
  },
  "GET /organization/get-invitation": { summary: "Read an invitation to your address", answers: OpenInvitation },
  "GET /organization/list-invitations": {
    summary: "List an organization's invitations",
    answers: z.array(Invitation),
    needs: asking("invitation:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS"),
  },
  "GET /organization/list-user-invitations": {
    summary: "List the invitations to your address",
    answers: z.array(ReceivedInvitation),
  },
  "POST /organization/create-role": {
    summary: "Create a role, in better-auth's form",
    answers: z.object({ success: z.boolean(), roleData: Role, statements: z.record(z.string(), z.array(z.string())) }),
    needs: asking("role:create", "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", { role: "created" }),
    atomic: true,
  },
  "POST /organization/update-role": {
    summary: "Change a role, in better-auth's form",
    answers: z.object({ success: z.boolean(), roleData: Role }),
    needs: asking("role:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", { role: "updated" }),
    atomic: true,
  },
  "POST /organization/delete-role": {
    summary: "Delete a role, in better-auth's form",
    answers: Success,
    needs: asking("role:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", { role: "deleted" }),
    atomic: true,
  },
  "GET /organization/list-roles": {
    summary: "List an organization's own roles",
    answers: z.array(Role),
    needs: asking("role:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE"),
  },
  "GET /organization/get-role": {
    summary: "Read one of an organization's own roles",
    answers: Role,
    needs: asking("role:read", "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE"),
  },
};
