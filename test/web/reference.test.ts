import { describe, expect, test } from "bun:test";
import { inSandbox } from "../harness/app.ts";
import { document, operations } from "../contract/document.ts";

const sections = document.tags.map(({ name }) => name);
const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

describe("/docs", () => {
  test("shows every operation of the document to everybody, with a line that calls it", () =>
    inSandbox(async ({ anonymous }) => {
      const pages = new Map<string, string>();
      for (const name of sections) {
        const { status, text } = await anonymous.get(`/docs/${slugOf(name)}`);
        expect([name, status]).toEqual([name, 200]);
        pages.set(name, text);
      }
      const missing = operations.filter(({ tags, operationId, method, path }) => {
        const page = pages.get(tags?.[0] ?? "") ?? "";
        const at = page.indexOf(`<section id="${operationId}">`);
        const shown = page.slice(at, page.indexOf("</section>", at));
        const begin = path.split("{")[0] ?? "";
        return (
          at < 0 || !shown.includes(`${method.toUpperCase()} ${path}`) || !new RegExp(`curl .*${begin}`).test(shown)
        );
      });
      expect(missing.map(({ name }) => name)).toEqual([]);
    }));

  test("finds operations by every word of a search, and says where there is none", () =>
    inSandbox(async ({ anonymous }) => {
      const { text } = await anonymous.get("/docs?q=CREATE+project");
      expect(text).toContain('href="/docs/projects#projects.create"');
      expect(text).not.toContain("/docs/settings#");
      const none = await anonymous.get(`/docs?q=${encodeURIComponent('"><script>x</script>')}`);
      expect([none.status, none.text.includes("No operation found"), none.text.includes("<script>x")]).toEqual([
        200,
        true,
        false,
      ]);
      expect((await anonymous.get("/docs/nothing")).status).toBe(404);
    }));

  test("keeps a page under 200 KB", () =>
    inSandbox(async ({ anonymous }) => {
      for (const path of ["", ...sections.map((name) => `/${slugOf(name)}`)]) {
        const { text } = await anonymous.get(`/docs${path}`);
        expect([path, text.length < 200_000]).toEqual([path, true]);
      }
    }));
});
