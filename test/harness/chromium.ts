import { type Browser, chromium } from "playwright-core";

/** Where Chromium is; null where it isn't installed. */
export const chromiumPath: string | null = Bun.which("chromium") ?? Bun.which("chromium-browser");

// What Chromium asks the network of its own accord is of no use to a test.
const flags =
  "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** A headless browser with a profile of its own. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("Chromium isn't installed");
  // As root, as in containers, Chromium starts only without its sandbox.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: chromiumPath, args: [...root, ...flags.split(" ")] });
}
