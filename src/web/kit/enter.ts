import { createHmac } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { isFresh } from "../../core/assurance.ts";
import { splitRoles } from "../../core/access/permission.ts";
import {
  type OrganizationSelector,
  organizationSelector,
  type UserPrincipal,
  type Verified,
} from "../../core/principal.ts";
import { notFound, Problem, Unauthenticated } from "../../core/problem.ts";
import type { Page, PageEnv } from "../../http/page.ts";
import { openApi } from "./api.ts";
import type { PagePorts } from "./env.ts";
import { chosen, lookOf } from "./choices.ts";
import { isLook } from "./look.ts";
import { toldTo } from "./told.ts";

// In a path: / \ ? # and % by their codes. Pages write what their path names into paths of the API, where such a part
// would lead elsewhere (CWE-22).
const strays = /^[^?]*%(2f|5c|3f|23|25)/i;

/** Prepares a page: who looks at it, in which language, about which organization, and the API that it asks. */
export function enterPages(ports: PagePorts): MiddlewareHandler<PageEnv> {
  // Its own purpose has its own key.
  const tellBy = createHmac("sha256", ports.secret).update("told").digest("base64url");
  return async function enterPages(c, next) {
    c.set("tellBy", tellBy);
    await open(c, ports, organizationSelector(c.req.param("org") ?? "") ?? { by: "none" });
    if (strays.test(c.req.raw.url)) throw notFound();
    await next();
  };
}

/** Who is signed in to an account; null also for who has none. */
export const accountOf = ({ viewer }: Pick<Page, "viewer">): UserPrincipal | null =>
  viewer?.isAnonymous ? null : viewer;

/** Where people without an account are told so. */
export const withoutAccount = "/auth/anonymous";

/** Lets people who are signed in to pages about themselves. @throws 401, which leads to the sign-in page. */
export const signedInOnly: MiddlewareHandler<PageEnv> = async function signedInOnly(c, next) {
  const { page } = c.var;
  if (page.viewer === null) throw Unauthenticated("Sign in to see this page.");
  if (accountOf(page) === null) return c.redirect(withoutAccount, 303);
  await next();
};

/** Lets members to the pages of the organization that the path names. @throws 401, or 404 for everybody else. */
export const membersOnly: MiddlewareHandler<PageEnv> = async function membersOnly(c, next) {
  if (c.var.page.viewer === null) throw Unauthenticated("Sign in to see this page.");
  if (c.var.page.organization === null) throw notFound();
  await next();
};

/** Lets platform administrators in, unless they act as somebody else. @throws 401, or 404 for everybody else. */
export const administratorsOnly: MiddlewareHandler<PageEnv> = async function administratorsOnly(c, next) {
  const { viewer } = c.var.page;
  if (viewer === null) throw Unauthenticated("Sign in to see this page.");
  if (!administers(viewer)) throw notFound();
  await next();
};

/** Whether somebody is offered the administration's pages. */
export const administers = ({ platformRole, impersonatorId }: UserPrincipal): boolean =>
  impersonatorId === null && splitRoles(platformRole).includes("admin");

async function open(c: Context<PageEnv>, ports: PagePorts, selector: OrganizationSelector): Promise<void> {
  const page = await blank(c, ports);
  // Stands already when the verification fails: an outage has a page too.
  c.set("page", page);
  const { viewer, organization } = await verified(c, selector);
  const may: Page["may"] = (...permissions) =>
    permissions.every((each) => organization?.permissions.has(each) || organization?.own.has(each));
  const recent = viewer !== null && isFresh(viewer.authenticatedAt, page.now, ports.config.signIn.freshAge);
  c.set("page", { ...page, viewer, recent, organization, may });
  if (viewer === null || viewer.impersonatorId !== null || c.req.method !== "GET" || isLook(c)) return;
  await prolong(page, viewer, ports);
  const { language, ...look } = await lookOf(c, page.api, viewer);
  c.set("page", { ...c.var.page, language, ...look, say: (messages) => messages[language] });
}

/** A page for nobody in particular. */
async function blank(c: Context<PageEnv>, { inner, config, site, clock }: PagePorts): Promise<Page> {
  const { language, ...look } = chosen(c);
  return {
    site,
    now: clock(),
    path: c.req.path,
    language,
    ...look,
    viewer: null,
    recent: false,
    organization: null,
    api: openApi(c, inner, config.server.baseUrl),
    told: isLook(c) ? null : await toldTo(c, c.var.tellBy),
    say: (messages) => messages[language],
    may: () => false,
  };
}

/** Extends a session in use as better-auth does for its own clients; looking at pages is using it. */
async function prolong({ api }: Page, viewer: UserPrincipal, { config, clock }: PagePorts): Promise<void> {
  const { sessionMaxAge, sessionUpdateAge } = config.signIn;
  const due = viewer.expiresAt.getTime() - (sessionMaxAge - sessionUpdateAge) * 1000;
  if (clock().getTime() >= due) await api.auth("/get-session");
}

/** Only the session's cookie counts: a page isn't shown to a key. */
async function verified(c: Context<PageEnv>, selector: OrganizationSelector) {
  const nobody = { viewer: null, organization: null };
  const cookie = c.req.header("cookie");
  if (cookie === undefined) return nobody;
  try {
    const headers = new Headers({ cookie });
    const { verified }: { verified: Verified } = await c.var.gate.authenticate(headers, selector);
    const { principal, organization } = verified;
    return principal.type === "user" ? { viewer: principal, organization } : nobody;
  } catch (err) {
    if (err instanceof Problem && err.status === 401) return nobody;
    throw err;
  }
}
