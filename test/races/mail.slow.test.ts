import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startService } from "../harness/process.ts";
import { openMailSink } from "../harness/smtp.ts";
import { until } from "../harness/time.ts";

const origin = "http://localhost:3000";
const address = (n: number) => `person-${n}@example.com`;

const signUp = ({ port }: { port: number }, n: number) =>
  fetch(`http://127.0.0.1:${port}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ email: address(n), name: "Somebody", password: "correct horse battery" }),
  });

test("mail that a killed process had queued is sent by the next, and a mail server that was away delayed no request", async () => {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-mail-"));
  const port = await freePort();
  const env = { STATE_DIR: directory, BASE_URL: origin, SMTP_URL: `smtp://127.0.0.1:${port}` };
  try {
    const first = await startService({ env });
    const said = JSON.parse(await first.line("mail can't be sent")) as { reason: string };
    expect(said.reason).toStartWith(`the mail server 127.0.0.1:${port} doesn't answer (ECONNREFUSED): start it, or`);
    expect((await fetch(`http://127.0.0.1:${first.port}/readyz`)).status).toBe(200);
    for (let n = 0; n < 5; n++) {
      const begun = performance.now();
      expect((await signUp(first, n)).status).toBe(200);
      // A connection that is waited for would take as long as the mail server's silence.
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
    first.signal("SIGKILL");
    await first.exited;
    await using sink = await openMailSink({ port });
    await using second = await startService({ env });
    await until(() => sink.mails.length >= 5);
    expect(new Set(sink.mails.map(({ to }) => to?.[0]?.address))).toEqual(new Set([0, 1, 2, 3, 4].map(address)));
    expect(sink.mails[0]?.html).toContain("<!doctype html>");
    expect(await second.stop()).toBe(0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test("without a mail server, a mail is a file, and its link stands in the log", async () => {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-mail-"));
  try {
    await using service = await startService({ env: { STATE_DIR: directory, BASE_URL: origin } });
    expect((await signUp(service, 1)).status).toBe(200);
    const { msg, path } = JSON.parse(await service.line("mail to")) as { msg: string; path: string };
    expect(msg).toMatch(/^mail to person-1@example\.com: http:\/\/localhost:3000\/auth\/\S+$/);
    expect(await Bun.file(path).text()).toContain("Confirm your address");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
