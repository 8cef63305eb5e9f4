/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child, FC } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Page, PageEnv } from "../../http/page.ts";
import { isLook } from "./look.ts";
import { Document } from "../components/document.tsx";

/** What surrounds the content of some pages, such as a menu of theirs. It holds the page's `main`. */
export type Frame = FC<{ page: Page; children?: Child }>;

/**
 * Answers with a page.
 *
 * @param about.frame what surrounds the content; a narrow column where it isn't given.
 * @param about.live its lists follow what changes: the script asks for the page again, and learns whether it is another.
 */
export async function show(
  c: Context<PageEnv>,
  about: { title: string; status?: number; frame?: Frame; live?: boolean },
  content: Child,
): Promise<Response> {
  const { page } = c.var;
  const { title, status = 200, frame: Around = Column, live = false } = about;
  const inside = live && isLook(c) ? await html`${content}` : null;
  const headers: Record<string, string> = { "Cache-Control": "no-store" };
  if (inside !== null) {
    headers["ETag"] = `"${Bun.hash(inside.toString()).toString(36)}"`;
    if (c.req.header("if-none-match") === headers["ETag"]) return c.body(null, 304, headers);
  }
  const whole = (
    <Document page={page} title={title} live={live}>
      <Around page={page}>{inside ?? content}</Around>
    </Document>
  );
  return c.html(html`<!doctype html>${whole}`, status as ContentfulStatusCode, headers);
}

/** For pages with one form or one thing to say. */
export const Column: Frame = ({ children }) => (
  <main id="content" class="column">
    {children}
  </main>
);
