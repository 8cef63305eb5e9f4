import { createAuthMiddleware, isAPIError } from "better-auth/api";
import { symmetricDecrypt } from "better-auth/crypto";
import { twoFactor } from "better-auth/plugins/two-factor";
import { authCall } from "../store/auth-call.ts";

/**
 * A second factor by an authenticator app (RFC 6238) or a backup code, asked for whatever the first one was:
 * better-auth's own plugin asks after a password only.
 *
 * @param beginning the paths of the routes that begin a session by one factor.
 * @param trusted is told of a session that begins on a device that its person trusted with their second factor before.
 */
export function secondFactor(beginning: ReadonlySet<string>, trusted: (sessionId: string) => Promise<void>) {
  const plugin = twoFactor({
    issuer: "Gatehouse",
    // Who has no password proves themselves by a recent sign-in, as the table of routes asks of everybody.
    allowPasswordless: true,
    backupCodeOptions: { storeBackupCodes: "encrypted" },
  });
  const [ask] = plugin.hooks.after as [(typeof plugin.hooks.after)[number]];
  return {
    ...plugin,
    hooks: {
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
            // It may have been turned on since the person was read, or ended with what nobody had proven.
            if (signIn.twoFactorEnabled !== undefined) newSession.user.twoFactorEnabled = signIn.twoFactorEnabled;
            if (newSession.user.twoFactorEnabled && isAPIError(returned))
              signIn.leadsTo = new Headers(returned.headers).get("location") ?? "/";
            return true;
          },
        },
        {
          // After the one above, whoever has a second factor and still has a session wasn't asked for it.
          matcher: (context: Parameters<typeof ask.matcher>[0]) =>
            beginning.has(context.path ?? "") && authCall()?.signIn?.bothFactors !== true,
          handler: createAuthMiddleware(async (ctx) => {
            const { newSession } = ctx.context;
            if (newSession && (newSession.user as { twoFactorEnabled?: boolean | null }).twoFactorEnabled)
              await trusted(newSession.session.id);
          }),
        },
      ],
    },
  };
}

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
