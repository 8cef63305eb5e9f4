import { afterAll, beforeAll, describe, expect } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { chromiumPath } from "../harness/chromium.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: better-auth-ui's hooks in a browser, since Chromium isn't installed");

const page = '<!doctype html><title>Hooks</title><body><script type="module" src="/app.js"></script></body>';

describe.skipIf(chromiumPath === null)("better-auth-ui's hooks, in an application on an origin of its own", () => {
  let site: Site;
  let application: { url: string; stop(): Promise<void> };
  const test = reporting(() => site.service);

  beforeAll(async () => {
    const { outputs } = await Bun.build({
      entrypoints: [join(import.meta.dir, "hooks/app.tsx")],
      target: "browser",
      define: { "process.env.NODE_ENV": '"production"' },
    });
    const script = await outputs[0]?.text();
    const server = Bun.serve({
      port: 0,
      hostname: "localhost",
      fetch: (request) =>
        request.url.includes("/app.js")
          ? new Response(script, { headers: { "content-type": "text/javascript" } })
          : new Response(page, { headers: { "content-type": "text/html" } }),
    });
    application = { url: `http://localhost:${server.port}`, stop: () => server.stop(true) };
    site = await openSite({ TRUSTED_ORIGINS: application.url, SIGN_UP: "at-once" });
  });
  afterAll(async () => {
    await application?.stop();
    await site?.[Symbol.asyncDispose]();
  });

  const fill = async (page: Page, title: string, fields: Record<string, string>, said: string) => {
    const form = page.getByRole("form", { name: title });
    for (const [name, value] of Object.entries(fields)) await form.getByLabel(name, { exact: true }).fill(value);
    await form.getByRole("button").click();
    await form.getByText(`${title}: `).waitFor();
    expect(await form.getByRole("status").textContent()).toBe(`${title}: ${said}`);
  };

  test("sign somebody up, out and in, and change their password", async () => {
    const context = await site.browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const thrown: Error[] = [];
    page.on("pageerror", (err) => void thrown.push(err));
    await page.goto(`${application.url}/?service=${encodeURIComponent(site.url)}`);
    await page.getByText("Nobody").waitFor();
    const [email, first, second] = ["hooks@example.com", "a quiet green harbour", "another quiet harbour"];
    await fill(page, "Sign up", { name: "Hopper", email, password: first }, "done");
    await page.getByText("Hello Hopper").waitFor();
    await fill(page, "Change", { currentPassword: first, newPassword: second }, "done");
    await fill(page, "Sign out", {}, "done");
    await page.getByText("Nobody").waitFor();
    await fill(page, "Sign in", { email, password: first }, "INVALID_EMAIL_OR_PASSWORD");
    await fill(page, "Sign in", { email, password: second }, "done");
    await page.getByText("Hello Hopper").waitFor();
    expect(thrown).toEqual([]);
  });
});
