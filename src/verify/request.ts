import { twoFactorRequired } from "../core/assurance.ts";
import type { Catalogue, Permission } from "../core/access/permission.ts";
import { refuseCredential } from "../core/credential-in-url.ts";
import { organizationSelector, type OrganizationSelector, type Verified } from "../core/principal.ts";
import { Forbidden, Malformed, Problem, problem } from "../core/problem.ts";
import type { Credentials } from "./present.ts";
import { type Answer, answerTo } from "./response.ts";
import { admitted } from "./verdict.ts";
import type { Verifier } from "./verifier.ts";

export const NoAccess = problem("organization_access_denied", 403, "No access to the organization");
export const UnknownPermission = problem("unknown_permission", 400, "Unknown permission");

/** What is asked beyond who it is. `named`: the request names the organization. */
export type Question = { selector: OrganizationSelector; named: boolean; permissions: readonly string[] };

export type VerifyPorts = {
  catalogue: Pick<Catalogue, "permissions">;
  credentials: Credentials;
  verifier: Verifier;
  config: { server: { baseUrl: string } };
};

/**
 * Answers `/v1/verify`: from memory without waiting where that is possible, which is why the result may be no promise.
 *
 * @param query the URL's query with its question mark, or an empty text.
 * @throws the problem that refuses the request: 400, 401, 403 or 429. Rejects with the database's error: 503.
 */
export function verifyRequest({ catalogue, credentials, verifier, config }: VerifyPorts) {
  const { baseUrl } = config.server;
  const answers = new WeakMap<Verified, Map<string, Answer>>();
  return (headers: Headers, query: string): Answer | Promise<Answer> => {
    const question = query === "" ? plain : questionOf(query, catalogue);
    const presented = credentials.fromHeaders(headers);
    if (presented !== null && presented !== "conflict") {
      const verified = verifier.recall(presented, question.selector);
      if (verified !== undefined) return prepared(answers, verified, question, query, baseUrl);
    }
    const counts = (verified: Verified) => unmet(verified, question, baseUrl) === null;
    return verifier.verify(presented, question.selector, counts).then((verdict) => {
      const { verified, usage } = admitted(verdict);
      // An answer is kept from the second time on: what is asked once may never be asked again.
      return usage === null ? met(verified, question, baseUrl) : answerTo(verified, usage);
    });
  };
}

const plain: Question = { selector: { by: "current" }, named: false, permissions: [] };
const [mostVariants, longestVariant] = [16, 256];

function prepared(
  answers: WeakMap<Verified, Map<string, Answer>>,
  verified: Verified,
  question: Question,
  query: string,
  baseUrl: string,
): Answer {
  let variants = answers.get(verified);
  const known = variants?.get(query);
  if (known !== undefined) return known;
  const answer = met(verified, question, baseUrl);
  if (variants === undefined) answers.set(verified, (variants = new Map()));
  // Callers choose the queries, so what they can make us remember is bounded.
  if (variants.size < mostVariants && query.length <= longestVariant) variants.set(query, answer);
  return answer;
}

function met(verified: Verified, question: Question, baseUrl: string): Answer {
  const refusal = unmet(verified, question, baseUrl);
  if (refusal === null) return answerTo(verified, null);
  const { principal, organization } = verified;
  const inNone = organization === null && principal.type === "user" && question.selector.by === "current";
  throw inNone ? noActiveOrganization() : refusal;
}

/**
 * Reads `?org=` and `?permission=`, which may be repeated.
 *
 * @throws 400 for a credential, a parameter that isn't known (it would ask for nothing, and pass), a second organization,
 * a permission that is empty or that no module declares.
 */
export function questionOf(query: string, catalogue: VerifyPorts["catalogue"]): Question {
  refuseCredential(query);
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (name !== "org" && name !== "permission")
      throw Malformed("This takes the query parameters `org` and `permission`, and no others.");
  const [org = null, ...others] = parameters.getAll("org");
  if (others.length > 0) throw Malformed("`org` names one organization.");
  const permissions = parameters.getAll("permission").flatMap((value) => {
    const named = permissionsIn(value);
    if (named.length === 0) throw Malformed("`permission` is empty.");
    return named;
  });
  refuseUnknownPermissions(permissions, catalogue);
  return {
    selector: org === null ? { by: "current" } : (organizationSelector(org) ?? { by: "none" }),
    named: org !== null,
    permissions,
  };
}

/** The permissions of a list that is separated by spaces or commas. */
export const permissionsIn = (list: string): string[] => list.split(/[ ,]/).filter(Boolean);

/** @throws 400 for a permission that no module declares: nobody could ever hold it. */
export function refuseUnknownPermissions(
  permissions: readonly string[],
  { permissions: known }: VerifyPorts["catalogue"],
): void {
  const unknown = permissions.find((permission) => !known.has(permission as Permission));
  if (unknown !== undefined) throw UnknownPermission(`There is no permission ${unknown.slice(0, 128)}.`);
}

/**
 * The 403 for an organization that isn't the caller's, or requires a second factor that their session lacks, or a
 * permission that isn't held; null for none of them.
 */
export function unmet(
  { organization, principal }: Verified,
  { named, permissions }: Omit<Question, "selector">,
  baseUrl: string,
): Problem | null {
  if (organization?.lacksSecondFactor) return twoFactorRequired(baseUrl);
  if (named && organization === null) return NoAccess("The credential gives no access to that organization.");
  const held: ReadonlySet<string> =
    organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : none);
  const missing = permissions.find((permission) => !held.has(permission));
  return missing === undefined ? null : Forbidden(`This needs the permission ${missing.slice(0, 128)}.`);
}

const none: ReadonlySet<string> = new Set();

/** Elsewhere this is 400. Here it is 403: proxies take no other status for a refusal. */
export const inNoOrganization = {
  code: "no_active_organization",
  status: 403,
  title: "No active organization",
} as const;

const noActiveOrganization = (): Problem =>
  new Problem(
    inNoOrganization.code,
    inNoOrganization.status,
    inNoOrganization.title,
    "The session has no active organization. Activate one, or name one in `?org=`.",
  );
