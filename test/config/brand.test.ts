import { expect, test } from "bun:test";
import { parseConfig } from "../../src/config/index.ts";

const brandOf = (env: Record<string, string>) => parseConfig(env).brand;

test("without settings, the service is Gatehouse and has no logo", () => {
  expect(brandOf({})).toEqual({ name: "Gatehouse", color: "#1d4ed8", ink: "#ffffff", logoUrl: null });
});

test("what is written on the colour is black or white, whichever is read better", () => {
  for (const [color, ink] of Object.entries({ "#FFD500": "#000000", "#ffffff": "#000000", "#123456": "#ffffff" }))
    expect(brandOf({ BRAND_COLOR: color })).toMatchObject({ color: color.toLowerCase(), ink });
});

test("a name of several lines, a colour that is none and a logo that could run scripts are refused", () => {
  const logo = "data:image/png;base64,iVBORw0KGgo=";
  expect(brandOf({ BRAND_LOGO_URL: logo }).logoUrl).toBe(logo);
  expect(brandOf({ BRAND_LOGO_URL: "https://a.example/l.svg" }).logoUrl).toBe("https://a.example/l.svg");
  const refused = {
    BRAND_NAME: ["a\nb", "a\u2028b", "a".repeat(61)],
    BRAND_COLOR: ["red", "#fff", "#12345g", "#123456;background:url(//a.example)"],
    BRAND_LOGO_URL: ["http://a.example/l.png", "javascript:alert(1)", "data:image/svg+xml;base64,AAAA", "x".repeat(9)],
  };
  for (const [name, texts] of Object.entries(refused))
    for (const text of texts) expect(() => parseConfig({ [name]: text })).toThrow(name);
});
