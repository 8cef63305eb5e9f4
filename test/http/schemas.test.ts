import { expect, test } from "bun:test";
import { day, instant, pictureUrl } from "../../src/http/schemas.ts";

const accepted = (schema: ReturnType<typeof instant | typeof day | typeof pictureUrl>, texts: string[]): string[] =>
  texts.filter((text) => schema.safeParse(text).success);

test("an instant of a year that PostgreSQL or a Date can't hold is refused, whatever its offset", () => {
  const held = ["1970-01-01T00:00:00Z", "2026-11-20T12:00:00+02:00", "9999-12-31T23:59:59.999Z"];
  const beyond = [
    "0000-01-01T00:00:00Z",
    "1970-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2026-02-30T00:00:00Z",
  ];
  expect(accepted(instant(), [...held, ...beyond])).toEqual(held);
});

test("a day likewise", () => {
  expect(accepted(day(), ["0000-01-01", "1969-12-31", "1970-01-01", "2026-02-30", "9999-12-31"])).toEqual([
    "1970-01-01",
    "9999-12-31",
  ]);
});

test("a picture is at an http or https URL", () => {
  const urls = ["https://example.com/a.png", "HTTPS://example.com/a.png", "http://localhost/a"];
  const others = [
    "javascript:alert(1)",
    "data:image/png;base64,AA==",
    "ftp://example.com/a",
    "//example.com/a",
    "a.png",
  ];
  expect(accepted(pictureUrl(), [...urls, ...others])).toEqual(urls);
  expect(pictureUrl().safeParse("a.png").error?.issues).toHaveLength(1);
});
