import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import type { Page } from "playwright-core";
import { PNG } from "pngjs";

export const screen = { width: 1024, height: 720 };
export const phone = { width: 360, height: 720 };

/** How a page looked when somebody last looked at it. */
const accepted = join(import.meta.dir, "../browser/screenshots");

/** Where a page that looks otherwise is put, to be looked at. */
const refused = join(tmpdir(), "gatehouse-screenshots");

/** With it, what is seen becomes what is accepted. */
const accepting = process.env["ACCEPT_SCREENSHOTS"] === "1";

/** The part of a page that may differ, for the edges of letters. */
const tolerance = 0.001;

/** What differs from run to run: times, and what a test makes up. */
const changing = "time, [data-changing]";

/** Compares a page with how it is known to look. @returns how it differs, where it does. */
export async function compared(page: Page, name: string): Promise<string[]> {
  const mask = [page.locator(changing)];
  const options = { fullPage: true, animations: "disabled", caret: "hide", mask, maskColor: "#888888" } as const;
  const taken = await page.screenshot(options);
  const file = Bun.file(join(accepted, `${name}.png`));
  if (accepting) {
    if ((await file.exists()) && differing(taken, Buffer.from(await file.bytes())) === 0) return [];
    await Bun.write(file, taken);
    return [];
  }
  const put = join(refused, `${name}.png`);
  if (!(await file.exists())) return [`nobody has accepted how ${name} looks: ACCEPT_SCREENSHOTS=1 does, after a look`];
  const share = differing(taken, Buffer.from(await file.bytes()));
  if (share <= tolerance) return [];
  await mkdir(refused, { recursive: true });
  await Bun.write(put, taken);
  const much = share === 1 ? "is of another size" : `differs in ${(share * 100).toFixed(2)} % of its pixels`;
  return [`${name} ${much}: see ${put}; ACCEPT_SCREENSHOTS=1 accepts it`];
}

/** The share of pixels that differ; 1 where the sizes do. */
function differing(taken: Buffer, known: Buffer): number {
  const [a, b] = [PNG.sync.read(taken), PNG.sync.read(known)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  return pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.2 }) / (a.width * a.height);
}
