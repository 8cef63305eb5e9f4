/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child, FC } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Page, PageEnv } from "../../http/page.ts";
import { Document } from "../components/document.tsx";

/** What surrounds the content of some pages, such as a menu of theirs. It holds the page's `main`. */
export type Frame = FC<{ page: Page; children?: Child }>;

/** Answers with a page. @param about.frame what surrounds the content; a narrow column where it isn't given. */
export async function show(
  c: Context<PageEnv>,
  about: { title: string; status?: number; frame?: Frame },
  content: Child,
): Promise<Response> {
  const { page } = c.var;
  const { title, status = 200, frame: Around = Column } = about;
  const whole = (
    <Document page={page} title={title}>
      <Around page={page}>{content}</Around>
    </Document>
  );
  return c.html(html`<!doctype html>${whole}`, status as ContentfulStatusCode, { "Cache-Control": "no-store" });
}

/** For pages with one form or one thing to say. */
export const Column: Frame = ({ children }) => (
  <main id="content" class="column">
    {children}
  </main>
);
