import { expect, test } from "bun:test";
import { join } from "node:path";

const mib = 1024 * 1024;

test("a million different credentials leave the cache at its limit, and the process within 256 MiB of where it began", async () => {
  const program = join(import.meta.dir, "programs/many.ts");
  const child = Bun.spawn([process.execPath, program, "1000000"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const [output, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  expect(status).toBe(0);
  type Seen = { limit: number; kept: number; refused: number; after: number[] };
  const { limit, kept, refused, after } = JSON.parse(output) as Seen;
  expect(refused).toBe(0);
  expect(kept).toBe(limit);
  for (const bytes of after) expect(bytes).toBeLessThan(256 * mib);
}, 180_000);
