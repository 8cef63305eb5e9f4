import { BASE_ERROR_CODES } from "@better-auth/core/error";
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from "better-auth/api";
import { symmetricDecrypt } from "better-auth/crypto";
import { twoFactor } from "better-auth/plugins/two-factor";
import { authCall } from "../store/auth-call.ts";

/**
 * A second factor by an authenticator app (RFC 6238) or a backup code, asked for whatever the first one was:
 * better-auth's own plugin asks after a password only.
 *
 * @param beginning the paths of the routes that begin a session by one factor.
 */
export function secondFactor(beginning: ReadonlySet<string>) {
  const plugin = twoFactor({
    issuer: "Gatehouse",
    // Who has no password proves themselves by the session alone: see `freshWithoutPassword`.
    allowPasswordless: true,
    backupCodeOptions: { storeBackupCodes: "encrypted" },
  });
  const [ask] = plugin.hooks.after as [(typeof plugin.hooks.after)[number]];
  return {
    ...plugin,
    hooks: {
      before: [{ matcher: ({ path }: { path?: string }) => managing.has(path ?? ""), handler: freshWithoutPassword }],
      after: [
        {
          ...ask,
          matcher(context: Parameters<typeof ask.matcher>[0]): boolean {
            if (!beginning.has(context.path ?? "")) return false;
            const { newSession, returned } = context.context as {
              newSession?: { user: { twoFactorEnabled?: boolean | null } } | null;
              returned?: unknown;
            };
            const signIn = authCall()?.signIn;
            if (!newSession || !signIn || signIn.bothFactors) return false;
            // It may have been turned on since the person was read.
            if (signIn.twoFactorEnabled) newSession.user.twoFactorEnabled = true;
            if (newSession.user.twoFactorEnabled && isAPIError(returned))
              signIn.leadsTo = new Headers(returned.headers).get("location") ?? "/";
            return true;
          },
        },
      ],
    },
  };
}

/** The routes that change the factor, or show what it is made of. */
const managing = new Set(
  ["enable", "disable", "get-totp-uri", "generate-backup-codes"].map((name) => `/two-factor/${name}`),
);

/** Demands that somebody without a password has signed in lately. @throws APIError 403. */
const freshWithoutPassword = createAuthMiddleware(async (ctx) => {
  const found = await getSessionFromCtx(ctx);
  if (!found || (await ctx.context.internalAdapter.findCredentialAccount(found.user.id))?.password) return;
  const ageMs = Date.now() - new Date(found.session.createdAt).getTime();
  if (ageMs >= ctx.context.sessionConfig.freshAge * 1000)
    throw APIError.from("FORBIDDEN", BASE_ERROR_CODES.SESSION_NOT_FRESH);
});

/** How many backup codes are in what is stored of them; null where today's secret doesn't open it. */
export async function backupCodesIn(auth: { $context: Promise<{ secretConfig: Key }> }, stored: string) {
  const { secretConfig: key } = await auth.$context;
  try {
    const codes: unknown = JSON.parse(await symmetricDecrypt({ key, data: stored }));
    return Array.isArray(codes) ? codes.length : null;
  } catch {
    return null;
  }
}

type Key = Parameters<typeof symmetricDecrypt>[0]["key"];
