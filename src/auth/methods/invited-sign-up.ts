import { BASE_ERROR_CODES } from "@better-auth/core/error";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { parseUserOutput } from "better-auth/db";
import { z } from "zod";
import type { InvitationProof } from "../../core/invitation-proof.ts";
import { invitationNotFound } from "../guard/invitation.ts";
import { passwordLength } from "../../core/sign-in.ts";

/**
 * Sign-up by an invitation's mail. Its link has proven the mailbox, so the address is verified and the session begins
 * at once.
 */
export const invitedSignUp = (proof: InvitationProof) => ({
  id: "invited-sign-up" as const,
  endpoints: {
    signUpInvited: createAuthEndpoint("/sign-up/invited", { method: "POST", body: Invited }, async (ctx) => {
      const { invitationId, secret, name, password } = ctx.body;
      const email = ctx.body.email.toLowerCase();
      const { adapter, internalAdapter, options } = ctx.context;
      const where = [{ field: "id", value: invitationId }];
      const invitation = await adapter.findOne<InvitationRow>({ model: "invitation", where });
      const open = invitation?.status === "pending" && invitation.expiresAt.getTime() > Date.now();
      if (!open || invitation.email.toLowerCase() !== email || !proof.fits(invitation, secret))
        throw invitationNotFound();
      if (await internalAdapter.findUserByEmail(email))
        throw APIError.from("UNPROCESSABLE_ENTITY", BASE_ERROR_CODES.USER_ALREADY_EXISTS);
      const hash = await ctx.context.password.hash(password);
      const user = await internalAdapter.createUser({ email, name, emailVerified: true }, { method: "email-password" });
      const credential = { userId: user.id, providerId: "credential", accountId: user.id, password: hash };
      await internalAdapter.linkAccount(credential);
      const session = await internalAdapter.createSession(user.id);
      await setSessionCookie(ctx, { session, user });
      return ctx.json({ token: session.token, user: parseUserOutput(options, user) });
    }),
  },
});

type InvitationRow = { id: string; email: string; status: string; expiresAt: Date };

const Invited = z.object({
  invitationId: z.string().max(64).meta({ description: "The invitation's id" }),
  secret: z.string().max(64).meta({ description: "The fragment of the mailed link" }),
  email: z.email().meta({ description: "The invited address" }),
  name: z.string().max(255),
  password: z.string().min(passwordLength.min).max(passwordLength.max),
});
