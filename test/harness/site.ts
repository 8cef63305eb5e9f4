import { createRequire } from "node:module";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Actor } from "./actor.ts";
import { openService, type Service } from "./app.ts";
import { openBrowser } from "./chromium.ts";
import { freshDatabase } from "./database.ts";
import { freePort } from "./process.ts";
import { compared, phone, screen } from "./screenshots.ts";

/** The service with its pages, in front of a real browser. Both are the test file's own. */
export interface Site extends AsyncDisposable {
  readonly service: Service;
  /** Without a slash at its end. */
  readonly url: string;
  readonly browser: Browser;
  /** A new browser profile, signed in as somebody where one is given, at a path. */
  visit: (path: string, who?: Actor, options?: BrowserContextOptions) => Promise<Page>;
  /**
   * Holds a page to what all pages are: no violation that axe finds, in light and dark; nothing wider than a phone; no
   * error in the browser's log; no request to another host; and, by `name`, the look that it is known by.
   */
  look: (page: Page, name: string) => Promise<void>;
}

const patienceMs = 15_000;

/** @param env settings beside those of tests, such as BRAND_NAME. */
export async function openSite(env: Record<string, string> = {}, remembers = false): Promise<Site> {
  const [fresh, browser, port] = await Promise.all([
    freshDatabase(),
    openBrowser(remembers ? { remembers } : {}),
    freePort(),
  ]);
  const url = `http://localhost:${port}`;
  const settings = { PORT: String(port), BASE_URL: url, PASSKEY_DOMAIN: "localhost", ANONYMOUS: "off", ...env };
  const service = await openService({ database: fresh.database, env: settings });
  const server = Bun.serve({
    port,
    hostname: "localhost",
    fetch: (request) => service.app.fetch(request, { addressOf: () => "127.0.0.1" }),
  });
  const faults = new WeakMap<Page, string[]>();

  const watch = (context: BrowserContext) =>
    context.on("page", (page) => {
      const seen: string[] = [];
      faults.set(page, seen);
      page.on("pageerror", (err) => void seen.push(`thrown: ${err.message}`));
      page.on("console", (line) => {
        // A status that refuses is a line of the log too, and expected.
        if (line.type() === "error" && !/Failed to load resource/.test(line.text())) seen.push(line.text());
      });
      page.on("request", (request) => {
        const asked = request.url();
        if (!asked.startsWith(url) && !asked.startsWith("data:")) seen.push(`asks ${asked}`);
      });
    });

  return {
    service,
    url,
    browser,
    async visit(path, who, options = {}) {
      const context = await browser.newContext({
        viewport: screen,
        reducedMotion: "reduce",
        locale: "en-GB",
        timezoneId: "UTC",
        ...options,
      });
      context.setDefaultTimeout(patienceMs);
      watch(context);
      const [name = "", ...value] = who?.cookie.split("=") ?? [];
      if (who) await context.addCookies([{ name, value: value.join("="), url }]);
      const page = await context.newPage();
      await page.goto(url + path);
      return page;
    },
    async look(page, name) {
      const found: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        found.push(...(await violations(page)).map((violation) => `${colorScheme}: ${violation}`));
        found.push(...(await compared(page, `${name}.${colorScheme}`)));
      }
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.setViewportSize(phone);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.push(`is ${wide} pixels wider than a phone`);
      found.push(...(await compared(page, `${name}.phone`)));
      await page.setViewportSize(screen);
      found.push(...(faults.get(page) ?? []));
      if (found.length > 0) throw new Error(`${name}:\n  ${found.join("\n  ")}`);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server.stop(true);
      await service.deps.close();
      await fresh.dispose();
    },
  };
}

const axeSource = await Bun.file(createRequire(import.meta.url).resolve("axe-core/axe.min.js")).text();

type Axe = {
  run(): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
};

async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: Axe }).axe.run());
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary = "" }) => `${html} (${failureSummary})`).join(" | ")}`,
  );
}
