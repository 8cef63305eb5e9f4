/** @jsxImportSource hono/jsx */
import type { Context, ErrorHandler } from "hono";
import { Problem } from "../../core/problem.ts";
import { ApiFailure, type PageEnv } from "../../http/page.ts";
import { failures } from "../messages/failures.ts";
import type { PagePorts } from "./env.ts";
import { withReturn } from "./return-to.ts";
import { Column, show } from "./show.tsx";

type Refused = { status: number; code: string; retryAfter: string | null };

/**
 * Turns whatever a page threw into a page that says what to do, or leads to where it can be mended: who is signed out
 * to the sign-in page, and back again.
 */
export function pageFailures({ log, isUnavailable }: Pick<PagePorts, "log" | "isUnavailable">): ErrorHandler<PageEnv> {
  return async (err, c) => {
    const refused = asRefused(err, isUnavailable);
    const place = c.req.method === "GET" ? c.req.path + new URL(c.req.url).search : c.req.path;
    if (refused.code === "unauthenticated") return c.redirect(withReturn("/auth/sign-in", place), 303);
    if (refused.code === "fresh_sign_in_required")
      return c.redirect(withReturn("/auth/sign-in?reauthenticate=1", place), 303);
    if (refused.status >= 500) log.error({ err, requestId: c.var.origin.requestId }, "a page failed");
    return failurePage(c, refused);
  };
}

/** The page for what isn't there. */
export const notFoundPage = (c: Context<PageEnv>): Promise<Response> =>
  failurePage(c, { status: 404, code: "not_found", retryAfter: null });

function failurePage(c: Context<PageEnv>, { status, code, retryAfter }: Refused): Promise<Response> {
  const t = c.var.page.say(failures);
  const { title, text } = t[kindOf(status, code)];
  if (retryAfter !== null) c.header("Retry-After", retryAfter);
  return show(
    c,
    { title, status, frame: Column },
    <>
      <h1>{title}</h1>
      <p>{text}</p>
      {status === 500 ? <p class="code">{c.var.origin.requestId}</p> : null}
      {code === "two_factor_required" ? (
        <p>
          <a class="button primary" href="/account/two-factor">
            {t.setUp}
          </a>
        </p>
      ) : null}
      <p>
        <a href="/">{t.home}</a>
      </p>
    </>,
  );
}

function kindOf(status: number, code: string) {
  if (code === "two_factor_required") return "twoFactor";
  if (code === "untrusted_origin") return "untrusted";
  if (status === 404) return "notFound";
  if (status === 403) return "forbidden";
  if (status === 429) return "tooMany";
  if (status === 503) return "away";
  return status >= 500 ? "broken" : "refused";
}

function asRefused(err: unknown, isUnavailable: (err: unknown) => boolean): Refused {
  if (err instanceof ApiFailure) return err;
  if (err instanceof Problem) {
    const { status, code, extras } = err;
    return { status, code, retryAfter: extras.headers?.["Retry-After"] ?? null };
  }
  if (isUnavailable(err)) return { status: 503, code: "unavailable", retryAfter: "1" };
  return { status: 500, code: "internal_error", retryAfter: null };
}
