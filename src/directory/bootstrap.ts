import { APIError } from "better-auth/api";
import { withAuthCall } from "../auth/store/auth-call.ts";
import type { Auth } from "../auth/options.ts";

/** Who makes the changes of the command line: nobody in particular, without a request. */
export const circumstances = {
  actor: { type: "system", id: null, impersonatorId: null },
  origin: { requestId: null, ipAddress: null, userAgent: null },
} as const;

/**
 * Creates a platform administrator. The address counts as verified: the operator vouches for it.
 *
 * @throws Error that tells the operator why better-auth refused the address or the password.
 */
export async function createAdministrator(
  auth: Auth,
  user: { email: string; name: string; password: string },
): Promise<{ id: string; email: string }> {
  try {
    const body = { ...user, role: "admin" as const, data: { emailVerified: true } };
    return (
      await withAuthCall({ acting: circumstances, passwords: { sets: "body" } }, () => auth.api.createUser({ body }))
    ).user;
  } catch (err) {
    throw err instanceof APIError ? new Error(err.body?.message ?? err.message, { cause: err }) : err;
  }
}

/** Makes an existing user a platform administrator. */
export async function promote(auth: Auth, userId: string): Promise<void> {
  const { internalAdapter } = await auth.$context;
  await withAuthCall({ acting: circumstances }, () => internalAdapter.updateUser(userId, { role: "admin" }));
}
