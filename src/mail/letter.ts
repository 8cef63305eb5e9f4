import { z } from "zod";
import { languages } from "../core/language.ts";

const address = z.string().max(320);
/** Room for a place to return to, of which each character may be written as nine. */
const url = z.string().max(20_000);
const name = z.string().max(100);

/** What each mail says, by its kind. */
const says = {
  verifyEmail: z.object({ url }),
  verifyNewEmail: z.object({ url }),
  confirmChange: z.object({ newEmail: address, url }),
  emailChanged: z.object({ masked: z.string().max(320) }),
  signIn: z.object({ code: z.string().max(20), url, minutes: z.int() }),
  addressTaken: z.object({ url }),
  resetPassword: z.object({ url }),
  passwordChanged: z.object({ at: z.iso.datetime() }),
  secondFactorChanged: z.object({ on: z.boolean(), at: z.iso.datetime() }),
  newDevice: z.object({
    browser: name.nullable(),
    system: name.nullable(),
    network: name.nullable(),
    at: z.iso.datetime(),
  }),
  accountDeleted: z.object({ at: z.iso.datetime() }),
  invitation: z.object({ organization: name, inviter: name, url }),
};

/**
 * For how many minutes what a mail opens does so, from when it is asked for: a mail that is later than that isn't sent.
 * Null: it opens nothing that ends.
 */
export const opensMinutes = {
  verifyEmail: 60,
  verifyNewEmail: 60,
  confirmChange: 60,
  emailChanged: null,
  signIn: 10,
  addressTaken: null,
  resetPassword: 60,
  passwordChanged: null,
  secondFactorChanged: null,
  newDevice: null,
  accountDeleted: null,
  invitation: 48 * 60,
} as const satisfies Record<keyof typeof says, number | null>;

type Says = { [Kind in keyof typeof says]: z.infer<(typeof says)[Kind]> };
export type Kind = keyof Says;
export type Values<K extends Kind> = Says[K];

const about = z.discriminatedUnion(
  "kind",
  Object.entries(says).map(([kind, values]) => z.object({ kind: z.literal(kind), values })) as never,
) as z.ZodType<{ [K in Kind]: { kind: K; values: Values<K> } }[Kind]>;

/** What somebody is to be told. It becomes a mail in their language when it is sent. */
export const Letter = z.object({
  to: address,
  /** For who has set none: what the request that leads to it asks for. */
  language: z.enum(languages).nullable(),
  about,
});
export type Letter = z.infer<typeof Letter>;

/** A letter that its sender adds the language to. */
export type Unsent = Omit<Letter, "language">;

const write = <K extends Kind>(to: string, kind: K, values: Values<K>): Unsent => ({
  to,
  about: { kind, values } as Letter["about"],
});

/** What there is to mail. Names come from strangers: they are cut and lose their line breaks. */
export const describeMail = {
  verifyEmail: (to: string, url: string) => write(to, "verifyEmail", { url }),
  /** To the new address. */
  verifyNewEmail: (to: string, url: string) => write(to, "verifyNewEmail", { url }),
  /** To the old address, before the new one is asked. */
  confirmChange: (to: string, newEmail: string, url: string) => write(to, "confirmChange", { newEmail, url }),
  /** To the old address. */
  emailChanged: (to: string, changedTo: string) => write(to, "emailChanged", { masked: masked(changedTo) }),
  /** A link and a code for one sign-in: either works. */
  signIn: (to: string, { code, link, minutes }: { code: string; link: string; minutes: number }) =>
    write(to, "signIn", { code, url: link, minutes }),
  /** To the owner of an address that somebody signs up with. @param url where one signs in, or says that one has forgotten the password. */
  addressTaken: (to: string, url: string) => write(to, "addressTaken", { url }),
  resetPassword: (to: string, url: string) => write(to, "resetPassword", { url }),
  passwordChanged: (to: string, at: Date) => write(to, "passwordChanged", { at: at.toISOString() }),
  secondFactorChanged: (to: string, on: boolean, at: Date) =>
    write(to, "secondFactorChanged", { on, at: at.toISOString() }),
  newDevice: (to: string, device: Omit<Values<"newDevice">, "at">, at: Date) =>
    write(to, "newDevice", { ...device, at: at.toISOString() }),
  accountDeleted: (to: string, at: Date) => write(to, "accountDeleted", { at: at.toISOString() }),
  invitation: (to: string, organization: string, inviter: string, url: string) =>
    write(to, "invitation", { organization: oneLine(organization), inviter: oneLine(inviter), url }),
};

const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, 100);

/** Enough of an address for its owner to recognize it: `a…@example.com`. */
const masked = (text: string): string => text.replace(/^(.).*(?=@)/su, "$1…");
