import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { openPlace } from "../harness/place.ts";
import { runCommand } from "../harness/process.ts";

test("audit head is what audit verify holds the history to; both say in one line what is wrong", async () => {
  await using place = await openPlace();
  const scratch = await mkdtemp(join(tmpdir(), "gatehouse-audit-"));
  const run = (...args: string[]) => runCommand(args, { cwd: scratch, env: place.env });
  try {
    await place.database((database) =>
      database.session(({ exec }) =>
        exec(`insert into audit_event (id, actor_type, action, entity_type, entity_id, changes, created_at)
          values (gen_random_uuid(), 'system', 'thing.made', 'thing', 'x', '{}', now())`),
      ),
    );
    const head = await run("audit", "head");
    expect([head.code, head.err]).toEqual([0, ""]);
    const file = join(scratch, "head.jws");
    await Bun.write(file, head.out);
    const whole = { out: "whole: 1 events in 1 batches, 0 not sealed yet\n", err: "", code: 0 };
    expect(await run("audit", "verify", "--head", file)).toEqual(whole);
    await Bun.write(file, head.out.replace(/\.[^.]*$/, ".x"));
    const forged = await run("audit", "verify", "--head", file);
    expect([forged.code, forged.err.split("\n").length, forged.err]).toEqual([
      1,
      2,
      expect.stringContaining("isn't a head"),
    ]);
    await place.database((database) =>
      database.session(({ exec }) =>
        exec("begin; set local session_replication_role = replica; delete from audit_event; commit"),
      ),
    );
    const broken = await run("audit", "verify");
    expect(broken).toMatchObject({
      out: expect.stringMatching(/^broken: the event was removed, event \S+, of no organization\n$/),
      code: 3,
    });
  } finally {
    await rm(scratch, { recursive: true });
  }
});
