import { z } from "zod";
import { checked } from "./kinds.ts";

const nameMost = 60;
const logoMost = 32_768;

/** An inline image that no script can be in: SVG may hold one. */
const inlineImage = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/;

/** What the service calls itself in mails and pages, and how it looks there. */
export const brandSettings = z.object({
  BRAND_NAME: checked((text) =>
    text.length > nameMost || /[\p{C}\p{Zl}\p{Zp}]/u.test(text)
      ? `must be one line of at most ${nameMost} characters`
      : null,
  )
    .default("Gatehouse")
    .describe("What mails and pages call the service"),
  BRAND_COLOR: checked((text) => (/^#[0-9a-f]{6}$/i.test(text) ? null : "must be a colour such as #1d4ed8"))
    .default("#1d4ed8")
    .describe(
      "Colour of buttons in mails and pages; what is written on it is black or white, whichever is read better",
    ),
  BRAND_LOGO_URL: checked((text) => (isLogo(text) ? null : "must be an https URL, or a data: URL of an image but SVG"))
    .optional()
    .describe("Logo in mails and pages: an https URL, or a `data:` URL of a PNG, JPEG, GIF or WebP of at most 24 KB"),
});

function isLogo(text: string): boolean {
  if (text.length > logoMost) return false;
  return inlineImage.test(text) || (URL.canParse(text) && new URL(text).protocol === "https:");
}

export type Brand = {
  name: string;
  /** `#rrggbb`. */
  color: string;
  /** The colour of what is written on `color`. */
  ink: string;
  logoUrl: string | null;
};

export const brandConfig = (env: z.infer<typeof brandSettings>): Brand => ({
  name: env.BRAND_NAME,
  color: env.BRAND_COLOR.toLowerCase(),
  ink: inkOn(env.BRAND_COLOR),
  logoUrl: env.BRAND_LOGO_URL ?? null,
});

/** Black or white, whichever has the higher contrast (WCAG 2.2, 1.4.3): always 4.5 at least. */
function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  );
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

const linear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
