import { BASE_ERROR_CODES } from "@better-auth/core/error";
import type { AuthContext } from "@better-auth/core";
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
    readInvited: createAuthEndpoint("/sign-up/invitation", { method: "POST", body: Mailed }, async (ctx) => {
      const { adapter, internalAdapter } = ctx.context;
      const { email, organizationId, inviterId } = await provenBy(ctx, proof);
      const where = [{ field: "id", value: organizationId }];
      const organization = await adapter.findOne<{ name: string }>({ model: "organization", where });
      const [inviter, known] = await Promise.all([
        internalAdapter.findUserById(inviterId),
        internalAdapter.findUserByEmail(email),
      ]);
      if (!organization || !inviter) throw invitationNotFound();
      const names = { organizationName: organization.name, inviterName: inviter.name };
      return ctx.json({ email, ...names, hasAccount: known !== null });
    }),
    signUpInvited: createAuthEndpoint("/sign-up/invited", { method: "POST", body: Invited }, async (ctx) => {
      const { name, password } = ctx.body;
      const { internalAdapter, options } = ctx.context;
      const { email } = await provenBy(ctx, proof);
      if (email !== ctx.body.email.toLowerCase()) throw invitationNotFound();
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

type InvitationRow = {
  id: string;
  email: string;
  status: string;
  expiresAt: Date;
  organizationId: string;
  inviterId: string;
};

/** The open invitation whose mail a request has read. @throws APIError 400. */
async function provenBy(
  { body, context }: { body: z.infer<typeof Mailed>; context: Pick<AuthContext, "adapter"> },
  proof: InvitationProof,
): Promise<InvitationRow> {
  const where = [{ field: "id", value: body.invitationId }];
  const found = await context.adapter.findOne<InvitationRow>({ model: "invitation", where });
  const open = found?.status === "pending" && found.expiresAt.getTime() > Date.now();
  if (!open || !proof.fits(found, body.secret)) throw invitationNotFound();
  return { ...found, email: found.email.toLowerCase() };
}

const Mailed = z.object({
  invitationId: z.string().max(64).meta({ description: "The invitation's id" }),
  secret: z.string().max(64).meta({ description: "The fragment of the mailed link" }),
});

const Invited = Mailed.extend({
  email: z.email().meta({ description: "The invited address" }),
  name: z.string().max(255),
  password: z.string().min(passwordLength.min).max(passwordLength.max),
});
