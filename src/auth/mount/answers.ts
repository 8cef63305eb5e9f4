import { z } from "zod";

// What better-auth answers with success, as its routes do: its own descriptions of them are wrong in places.

const instant = z.iso.datetime();
const metadata = z.record(z.string(), z.unknown()).nullable();
const named = <Shape extends z.core.$ZodShape>(id: string, shape: Shape) => z.object(shape).meta({ id });

export const User = named("AuthUser", {
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  image: z.string().nullable(),
  role: z.string().nullable().meta({ description: "`admin` for platform administrators" }),
  banned: z.boolean().nullable(),
  banReason: z.string().nullable(),
  banExpires: instant.nullable(),
  twoFactorEnabled: z.boolean().nullable().meta({ description: "Whether sign-in asks for a second factor" }),
  isAnonymous: z.boolean().nullable().meta({ description: "Whether they have no account" }),
  createdAt: instant,
  updatedAt: instant,
});

export const Session = named("AuthSession", {
  id: z.string(),
  token: z.string().meta({ description: "Unsigned, and so no credential: `set-auth-token` has the signed one" }),
  userId: z.string(),
  expiresAt: instant,
  createdAt: instant,
  updatedAt: instant,
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  activeOrganizationId: z.string().nullable(),
  impersonatedBy: z.string().nullable().meta({ description: "The administrator who acts through it" }),
});

export const Passkey = named("AuthPasskey", {
  id: z.string(),
  name: z.string().nullable(),
  publicKey: z.string(),
  userId: z.string(),
  credentialID: z.string(),
  counter: z.int(),
  deviceType: z.enum(["singleDevice", "multiDevice"]),
  backedUp: z.boolean(),
  transports: z.string().nullable(),
  createdAt: instant.nullable(),
  aaguid: z.string().nullable().meta({ description: "The model of the authenticator" }),
});

/** What a browser's `navigator.credentials` takes, as WebAuthn has it. */
export const WebAuthnOptions = z.looseObject({ challenge: z.string() });

export const Account = named("AuthAccount", {
  id: z.string(),
  providerId: z.string().meta({ description: "`credential` for a password" }),
  accountId: z.string(),
  userId: z.string(),
  scopes: z.array(z.string()),
  createdAt: instant,
  updatedAt: instant,
});

const organization = {
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  logo: z.string().nullable(),
  metadata: metadata.optional(),
  createdAt: instant,
};
export const Organization = named("AuthOrganization", organization);

const member = {
  id: z.string(),
  organizationId: z.string(),
  userId: z.string(),
  role: z.string().meta({ description: "One role, or several separated by commas" }),
  createdAt: instant,
};
export const Member = named("AuthMember", member);
export const MemberWithUser = named("AuthMemberWithUser", {
  ...member,
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), image: z.string().nullable() }),
});

const invitation = {
  id: z.string(),
  organizationId: z.string(),
  email: z.string(),
  role: z.string().nullable(),
  status: z.enum(["pending", "accepted", "rejected", "canceled"]),
  inviterId: z.string(),
  expiresAt: instant,
  createdAt: instant,
};
export const Invitation = named("AuthInvitation", invitation);

export const NewOrganization = z.object({ ...organization, members: z.array(Member) });
export const FullOrganization = z
  .object({ ...organization, members: z.array(MemberWithUser), invitations: z.array(Invitation) })
  .nullable();
// The document would lose the null of a named schema's `.nullable()`.
export const OrganizationOrNull = z.union([Organization, z.null()]);
export const ReceivedInvitation = z.object({ ...invitation, organizationName: z.string() });
export const OpenInvitation = z.object({
  ...invitation,
  organizationName: z.string(),
  organizationSlug: z.string(),
  inviterEmail: z.string(),
});

export const Role = named("AuthRole", {
  id: z.string(),
  organizationId: z.string(),
  role: z.string().meta({ description: "Its name" }),
  permission: z.record(z.string(), z.array(z.string())).meta({ description: "Actions by resource" }),
  createdAt: instant,
  updatedAt: instant.nullable(),
});

export const ApiKey = named("AuthApiKey", {
  id: z.string(),
  configId: z.string(),
  name: z.string().nullable(),
  start: z.string().nullable(),
  prefix: z.string().nullable(),
  referenceId: z.string().meta({ description: "The organization that owns it" }),
  enabled: z.boolean(),
  permissions: z.record(z.string(), z.array(z.string())).nullable().meta({ description: "Actions by resource" }),
  metadata,
  remaining: z.int().nullable(),
  refillAmount: z.int().nullable(),
  refillInterval: z.int().nullable(),
  lastRefillAt: instant.nullable(),
  rateLimitEnabled: z.boolean(),
  rateLimitMax: z.int().nullable(),
  rateLimitTimeWindow: z.int().nullable(),
  requestCount: z.int(),
  lastRequest: instant.nullable(),
  expiresAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
});

export const Status = z.object({ status: z.boolean() });
export const Success = z.object({ success: z.boolean() });
export const Told = Status.extend({ message: z.string() });
export const OneUser = z.object({ user: User });
export const SessionAndUser = z.object({ session: Session, user: User });
const TwoFactorAsked = z.object({
  twoFactorRedirect: z.literal(true).meta({ description: "There is no session yet: a second factor is asked for" }),
  twoFactorMethods: z.array(z.enum(["totp"])),
});
export const SignedIn = z.union([
  z.object({ redirect: z.boolean(), token: z.string(), url: z.string().optional(), user: User }),
  TwoFactorAsked,
]);
export const TotpUri = z.object({ totpURI: z.string().meta({ description: "`otpauth://…`, as a QR code holds it" }) });
export const BackupCodes = z.object({ status: z.boolean(), backupCodes: z.array(z.string()) });
export const TwoFactorBegun = z.object({
  method: z.literal("totp"),
  totpURI: z.string().meta({ description: "`otpauth://…`, as a QR code holds it; on once a code was verified" }),
  backupCodes: z.array(z.string()).meta({ description: "Shown once; each works once" }),
});
/** Where a browser goes to sign in there; or, where an ID token was sent, who has signed in by it. */
export const AtProvider = z.object({
  redirect: z.boolean(),
  url: z.string().optional(),
  status: z.boolean().optional(),
  token: z.string().optional(),
  user: User.optional(),
});
export const AtProviderInfo = z.object({
  user: z.looseObject({ emailVerified: z.boolean() }),
  account: z.object({ id: z.string(), providerId: z.string(), accountId: z.string() }),
  data: z.looseObject({}),
});
export const ProviderTokens = z.looseObject({ accessToken: z.string() });
export const TokenAndUser = z.object({ token: z.string().nullable(), user: User });
export const Allowed = z.object({ error: z.null(), success: z.boolean() });

/** What better-auth's routes refuse with, most of them with a code; some send no body at all. */
export const AuthError = z.looseObject({ message: z.string(), code: z.string().optional() }).meta({
  id: "AuthError",
  description: "A refusal in better-auth's words: `code` is stable, the message is for developers",
});
