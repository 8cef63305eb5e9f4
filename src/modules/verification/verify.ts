import { Forbidden, type Problem, problem } from "../../core/problem.ts";
import { refuseCredential } from "../../http/middleware/input.ts";
import { organizationSelector, type OrganizationSelector, type Verified } from "../../core/principal.ts";
import type { Credentials } from "../../verify/credential.ts";
import { admitted } from "../../verify/verdict.ts";
import type { Kept, Verifier } from "../../verify/verifier.ts";
import { type Answer, answerTo } from "./answer.ts";

export const NoAccess = problem("organization_access_denied", 403, "No access to the organization");

/** What is asked beyond who it is. */
export type Question = { selector: OrganizationSelector; named: boolean; permissions: readonly string[] };

export type Ports = { credentials: Credentials; verifier: Verifier };

/**
 * Answers `/v1/verify`: from memory without any waiting where that is possible, which is why the result may be no
 * promise.
 *
 * @param query the URL's query with its question mark, or an empty text.
 * @throws the problem that refuses the request: 400, 401, 403 or 429. Rejects with what the database says: 503.
 */
export function verifyRequest({ credentials, verifier }: Ports) {
  return (headers: Headers, query: string): Answer | Promise<Answer> => {
    const question = query === "" ? plain : questionOf(query);
    const presented = credentials.present(headers);
    if (presented !== null && presented !== "conflict") {
      const kept = verifier.recall(presented, question.selector);
      if (kept !== undefined) return prepared(kept, question, query);
    }
    const counts = (verified: Verified) => unmet(verified, question) === null;
    return verifier.verify(presented, question.selector, counts).then((verdict) => {
      const { kept, standing } = admitted(verdict);
      // What was asked about once may never be again: an answer is kept from the second time on.
      return standing === null ? met(kept, question) : answerTo(kept, standing);
    });
  };
}

const plain: Question = { selector: { by: "current" }, named: false, permissions: [] };
const [mostVariants, longestVariant] = [16, 256];

function prepared(kept: Kept, question: Question, query: string): Answer {
  const known = kept.answers.get(query) as Answer | undefined;
  if (known !== undefined) return known;
  const answer = met(kept, question);
  // Queries come from callers: what they can make us remember is bounded.
  if (kept.answers.size < mostVariants && query.length <= longestVariant) kept.answers.set(query, answer);
  return answer;
}

function met(kept: Kept, question: Question): Answer {
  const refusal = unmet(kept, question);
  if (refusal !== null) throw refusal;
  return answerTo(kept, null);
}

/** `?org=` and `?permission=`, which may be repeated. @throws 400 for a credential in it. */
export function questionOf(query: string): Question {
  refuseCredential(query);
  const parameters = new URLSearchParams(query);
  const org = parameters.get("org");
  return {
    selector: org === null ? { by: "current" } : (organizationSelector(org) ?? { by: "none" }),
    named: org !== null,
    permissions: parameters
      .getAll("permission")
      .flatMap((value) => value.split(/[ ,]/))
      .filter(Boolean),
  };
}

/** The 403 for an organization that was named and isn't the caller's, or a permission that isn't held; null for neither. */
export function unmet(verified: Verified, { named, permissions }: Omit<Question, "selector">): Problem | null {
  const { organization, principal } = verified;
  if (named && organization === null) return NoAccess("The credential gives no access to that organization.");
  const held: ReadonlySet<string> =
    organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : none);
  const missing = permissions.find((permission) => !held.has(permission));
  return missing === undefined ? null : Forbidden(`This needs the permission ${missing.slice(0, 128)}.`);
}

const none: ReadonlySet<string> = new Set();
