import { z } from "zod";
import { canSignIn, type Offered as Ways, type Provider } from "../../../core/sign-in.ts";
import type { Directory } from "../../../directory/directory.ts";
import { orNull, timestamp } from "../../../http/schemas.ts";

const removable = z.boolean().meta({ description: "Whether another way to sign in is left without it" });

export const SignInMethods = z
  .object({
    password: orNull(
      z.object({
        id: z.string(),
        changedAt: timestamp().meta({ description: "When it was set, by whoever proved the account" }),
        removable,
      }),
    ).meta({ description: "Null where none is set" }),
    providers: z.array(
      z.object({
        id: z.string().meta({ description: "The `accountId` of `POST /api/auth/unlink-account`" }),
        provider: z.string().meta({ example: "google" }),
        label: z
          .string()
          .meta({ description: "What a button says; the provider's id where it isn't offered any more" }),
        linkedAt: timestamp(),
        removable,
      }),
    ),
    passkeys: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        createdAt: timestamp().nullable(),
        lastUsedAt: timestamp().nullable().meta({ description: "When somebody last signed in with it" }),
        removable,
      }),
    ),
    emailCode: z.boolean().meta({ description: "Whether a code is mailed to sign in with" }),
    secondFactor: z.object({
      enabled: z.boolean().meta({ description: "Whether an authenticator app is asked for" }),
      backupCodesLeft: z
        .int()
        .nullable()
        .meta({ description: "How many haven't been used; null where it is off, or can't be known" }),
    }),
  })
  .meta({ id: "SignInMethods" });

export type SignInMethods = z.infer<typeof SignInMethods>;

/** What the settings offer. */
export type Offered = Pick<Ways, "methods"> & { providers: readonly Pick<Provider, "id" | "label">[] };

// More than a person can have: passkeys are 20 at most, and providers few.
const first = { after: null, limit: 500 };

/** How a person signs in, and which of it may go: never the last way. */
export async function mySignInMethods(
  directory: Pick<Directory, "listSignInMethods" | "listPasskeys" | "findSecondFactor">,
  offered: Offered,
  userId: string,
): Promise<z.input<typeof SignInMethods>> {
  const [accounts, passkeys, secondFactor] = await Promise.all([
    directory.listSignInMethods(userId, first),
    directory.listPasskeys(userId, first),
    directory.findSecondFactor(userId),
  ]);
  const labels = new Map(offered.providers.map(({ id, label }) => [id, label]));
  const emailCode = offered.methods.has("emailCode");
  const without = (id: string) =>
    canSignIn(offered, {
      accounts: accounts.filter((row) => row.id !== id).map(({ provider }) => provider),
      passkeys: passkeys.filter((row) => row.id !== id).length,
    });
  // better-auth keeps the last of these, whatever other ways there are.
  const removable = (id: string) => accounts.length > 1 && without(id);
  const password = accounts.find(({ provider }) => provider === "credential");
  return {
    password: password ? { id: password.id, changedAt: password.updatedAt, removable: removable(password.id) } : null,
    providers: accounts
      .filter(({ provider }) => provider !== "credential")
      .map(({ id, provider, createdAt }) => {
        return { id, provider, label: labels.get(provider) ?? provider, linkedAt: createdAt, removable: removable(id) };
      }),
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => {
      return { id, name, createdAt, lastUsedAt, removable: without(id) };
    }),
    emailCode,
    secondFactor,
  };
}
