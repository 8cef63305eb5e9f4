import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { serveSpa } from "../../examples/spa/serve.ts";
import { chromiumPath, openBrowser } from "../harness/chromium.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { freePort, type ServiceProcess, startService } from "../harness/process.ts";
import { password } from "../harness/visitor.ts";

if (chromiumPath === null) console.warn("skipped: the application in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("a single-page application on an origin of its own", () => {
  let place: Place;
  let service: ServiceProcess;
  let browser: Browser;
  let context: BrowserContext;
  let trusted: Awaited<ReturnType<typeof serveSpa>>;
  let untrusted: typeof trusted;

  const originOf = ({ port }: typeof trusted) => `http://localhost:${port}`;

  beforeAll(async () => {
    const port = await freePort();
    const gatehouse = `http://localhost:${port}`;
    [place, browser, trusted, untrusted] = await Promise.all([
      openPlace(),
      openBrowser(),
      serveSpa({ port: 0, gatehouse }),
      serveSpa({ port: 0, gatehouse }),
    ]);
    const env = { ...place.env, PORT: String(port), TRUSTED_ORIGINS: originOf(trusted) };
    [service, context] = await Promise.all([startService({ env }), browser.newContext()]);
    context.setDefaultTimeout(15_000);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([trusted?.stop(true), untrusted?.stop(true), service?.[Symbol.asyncDispose]()]);
    await place?.[Symbol.asyncDispose]();
  });

  async function open(origin: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

  test("signs up, makes an organization and projects, signs out and in, and finds them again", async () => {
    const page = await open(originOf(trusted));
    const thrown: Error[] = [];
    page.on("pageerror", (err) => void thrown.push(err));
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(password);
    await press(page, "Sign up");
    await heading(page, "Your organization").waitFor();

    await page.getByLabel("Name").fill("Analytical Engines");
    await press(page, "Create organization");
    await page.getByText("No projects yet").waitFor();

    for (const name of ["Website", "<img src=x onerror=alert(1)>"]) {
      await page.getByLabel("Name").fill(name);
      await press(page, "Create project");
      await heading(page, name).waitFor();
    }
    await page.getByLabel("Name").fill("website");
    await press(page, "Create project");
    await page.getByText('already named "website"').waitFor();

    await press(page, "Sign out");
    await page.getByRole("button", { name: "Sign up" }).waitFor();
    expect(await context.cookies()).toEqual([]);

    await press(page, "I have an account");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(password);
    await press(page, "Sign in");
    await heading(page, "Website").waitFor();
    await press(page, "Delete Website");
    await heading(page, "Website").waitFor({ state: "detached" });
    expect(thrown).toEqual([]);
  });

  test("its pages can't read the session's cookie", async () => {
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: "better-auth.session_token", httpOnly: true, sameSite: "Lax" });
    expect(await (await open(originOf(trusted))).evaluate(() => document.cookie)).toBe("");
  });

  describe("from an origin that isn't trusted, in the browser of somebody signed in", () => {
    test("the application is out of reach: the browser hides every answer", async () => {
      const page = await open(originOf(untrusted));
      await heading(page, "Out of reach").waitFor();
    });

    test("403 for what a page can send without asking first, and the session lives on", async () => {
      const page = await open(originOf(untrusted));
      const paths = ["/api/auth/sign-out", "/api/auth/revoke-sessions", "/v1/orgs", "/v1/orgs/current/projects"];
      for (const path of paths) {
        const url = `${service.url}${path}`;
        const answered = page.waitForResponse(url);
        await page.evaluate(
          (url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include" }).then(() => null),
          url,
        );
        // Without the cookie, which the browser sends along within a site, it would be 401.
        expect([path, (await answered).status()]).toEqual([path, 403]);
      }
      await heading(await open(originOf(trusted)), "Projects").waitFor();
    });

    test("the browser doesn't even send what it must ask for first", async () => {
      const page = await open(originOf(untrusted));
      const refused = await page.evaluate(
        (url) =>
          fetch(`${url}/v1/orgs`, {
            method: "POST",
            credentials: "include",
            headers: { "content-type": "application/json" },
            body: '{"name":"Forged"}',
          }).then(
            ({ status }) => String(status),
            (err: Error) => err.name,
          ),
        service.url,
      );
      expect(refused).toBe("TypeError");
    });
  });
});
