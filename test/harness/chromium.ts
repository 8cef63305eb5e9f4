import { type Browser, chromium } from "playwright-core";
import { oneFont } from "./fonts.ts";

/** Where Chromium is; null where it isn't installed. */
export const chromiumPath: string | null = Bun.which("chromium") ?? Bun.which("chromium-browser");

// What Chromium asks the network of its own accord is of no use to a test.
const flags =
  "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/**
 * A headless browser with a profile of its own.
 *
 * @param options.remembers pages for the way back, as people's browsers do and Playwright's otherwise doesn't.
 */
export async function openBrowser(options: { remembers?: true } = {}): Promise<Browser> {
  if (chromiumPath === null) throw new Error("Chromium isn't installed");
  // As root, as in containers, Chromium starts only without its sandbox.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({
    executablePath: chromiumPath,
    args: [...root, ...flags.split(" ")],
    env: { ...(process.env as Record<string, string>), ...oneFont() },
    ...(options.remembers ? { ignoreDefaultArgs: ["--disable-back-forward-cache"] } : {}),
  });
}
