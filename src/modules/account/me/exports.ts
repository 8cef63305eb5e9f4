import { z } from "zod";
import { inPages } from "../../../core/page.ts";
import type { PasskeyRow } from "../../../directory/passkeys.ts";
import type { SessionRow } from "../../../directory/sessions.ts";
import type { SignInMethodRow } from "../../../directory/sign-in-methods.ts";
import type { AccountData } from "../../../http/module.ts";
import { timestamp } from "../../../http/schemas.ts";
import { ExportedSession, shownSession } from "./sessions.ts";

const Account = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    isAnonymous: z.boolean(),
    image: z.string().nullable(),
    role: z.string().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "ExportedAccount" });

const SignInMethod = z
  .object({
    id: z.string(),
    provider: z.string().meta({ description: "`credential` for a password" }),
    accountId: z.string().meta({ description: "Who you are to the provider" }),
    scope: z.string().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "ExportedSignInMethod" });

const ExportedPasskey = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    deviceType: z.string(),
    createdAt: timestamp().nullable(),
    lastUsedAt: timestamp().nullable(),
  })
  .meta({ id: "ExportedPasskey" });

/** The account itself, and how it is signed in to. */
export const account = {
  account: {
    by: ["user.id", "user.email"],
    schema: Account,
    read: ({ directory, userId }) => inPages(async () => [await directory.findUser(userId)].filter((row) => !!row)),
  },
  signInMethods: {
    by: ["account.user_id"],
    schema: SignInMethod,
    read: ({ directory, userId }) =>
      inPages<SignInMethodRow>((after, limit) =>
        directory.listSignInMethods(userId, { after: after?.id ?? null, limit }),
      ),
  },
  passkeys: {
    by: ["passkey.user_id"],
    schema: ExportedPasskey,
    read: ({ directory, userId }) =>
      inPages<PasskeyRow>((after, limit) => directory.listPasskeys(userId, { after: after?.id ?? null, limit })),
  },
  sessions: {
    by: ["session.user_id"],
    schema: ExportedSession,
    read: ({ directory, userId, now }) =>
      inPages<SessionRow>(async (after, limit) => {
        const rows = await directory.listSessions(userId, { now: now(), after: after?.id ?? null, limit });
        return rows.map((row) => shownSession(row, null));
      }),
  },
} satisfies Record<string, AccountData>;
