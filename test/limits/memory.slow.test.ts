import { expect, test } from "bun:test";

test("a million keys take a bounded amount of memory", () => {
  // In a process of its own: what other tests hold and let go of would be measured too.
  const program = `
    import { countInMemory } from "./src/limits/memory.ts";
    const memory = countInMemory(() => new Date(0), 100_000);
    const rule = { name: "test", points: 3, seconds: 60 };
    async function count(from, to) {
      for (let n = from; n < to; n++) await memory.count(rule, "2001:db8:" + n.toString(16) + "::/64");
      Bun.gc(true);
      return process.memoryUsage().rss;
    }
    const early = await count(0, 200_000);
    const late = await count(200_000, 1_000_000);
    console.log(JSON.stringify({ size: memory.size(), grown: late - early }));
  `;
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", program], { cwd: `${import.meta.dir}/../..` });
  expect(stderr.toString()).toBe("");
  const { size, grown } = JSON.parse(stdout.toString()) as { size: number; grown: number };
  expect(size).toBeLessThanOrEqual(100_000);
  expect(grown).toBeLessThan(50 * 1024 * 1024);
});
