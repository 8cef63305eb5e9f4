import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { SMTPServer } from "smtp-server";
import { explainMailServer } from "../../src/mail/explain.ts";
import { type Mailer, openMailer } from "../../src/mail/mailer.ts";
import { inSandbox } from "../harness/app.ts";
import { openMailSink } from "../harness/smtp.ts";

const open: { close(): unknown }[] = [];
const ports = { closed: 0, notSmtp: 0, refusing: 0, tls: 0, selfSigned: 0 };

const portOf = async (server: Server): Promise<number> => {
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const smtp = (options: ConstructorParameters<typeof SMTPServer>[0]) => {
  const server = new SMTPServer(options);
  // Who leaves in the middle of a handshake.
  server.on("error", () => {});
  return portOf(server.server);
};

beforeAll(async () => {
  const gone = createServer();
  ports.closed = await portOf(gone);
  gone.close();
  ports.notSmtp = await portOf(createServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
  ports.refusing = await smtp({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: (_auth, _session, done) => done(new Error("who are you?")),
  });
  ports.tls = await smtp({ secure: true });
  ports.selfSigned = await smtp({});
});

afterAll(() => {
  for (const server of open) server.close();
});

const mailerTo = (smtpUrl: string): Mailer =>
  openMailer({ smtpUrl, connections: 1, from: "a@example.com", directory: "/nowhere" }, () => {});

/** What is said of a mail server as it is tried. */
async function tried(smtpUrl: string): Promise<string | null> {
  const mailer = mailerTo(smtpUrl);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  mailer.server?.watch(resolve);
  const said = await promise;
  expect(mailer.server?.fault() ?? null).toBe(said);
  mailer.close();
  return said;
}

describe("one line that names host, port and what to do, never a password, where the mail server", () => {
  const faults: Record<string, [url: () => string, line: RegExp]> = {
    "has no address": [
      () => "smtp://u:hunter2@no-such-host.invalid",
      /^the mail server no-such-host\.invalid:587 has no address \(E\w+\): correct the host in SMTP_URL$/,
    ],
    "doesn't listen": [
      () => `smtp://u:hunter2@127.0.0.1:${ports.closed}`,
      /^the mail server 127\.0\.0\.1:\d+ doesn't answer \(ECONNREFUSED\): start it, or correct host and port in SMTP_URL$/,
    ],
    "is something else": [
      () => `smtp://u:hunter2@127.0.0.1:${ports.notSmtp}`,
      /^the mail server 127\.0\.0\.1:\d+ doesn't answer as a mail server does: correct host and port in SMTP_URL/,
    ],
    "refuses the user": [
      () => `smtp://u:hunter2@127.0.0.1:${ports.refusing}`,
      /refuses the user or the password \(.*535 who are you\?\): correct them in SMTP_URL/,
    ],
    "doesn't begin with TLS": [
      () => `smtps://u:hunter2@127.0.0.1:${ports.refusing}`,
      /doesn't speak TLS from the start: use smtp:\/\/ in SMTP_URL/,
    ],
    "has a certificate that isn't trusted": [
      () => `smtps://u:hunter2@127.0.0.1:${ports.tls}`,
      /has a certificate that isn't trusted \(.+\): correct the host in SMTP_URL, or the certificate$/,
    ],
    "has such a certificate at STARTTLS": [
      () => `smtp://u:hunter2@127.0.0.1:${ports.selfSigned}`,
      /has a certificate that isn't trusted/,
    ],
  };

  test.each(Object.keys(faults))("%s", async (name) => {
    const [url, line] = faults[name]!;
    const said = await tried(url());
    expect(said).toMatch(line);
    expect(said).not.toContain("hunter2");
    expect(said).not.toContain("\n");
  });

  test("says nothing, as one does that waits for TLS", () => {
    const err = Object.assign(new Error("Greeting never received"), { code: "ETIMEDOUT", command: "CONN" });
    expect(explainMailServer(err, "smtp://u:hunter2@mail.example.com:465")).toMatch(
      /^the mail server mail\.example\.com:465 doesn't answer as a mail server does: .* smtps:\/\/ /,
    );
  });
});

test("a mail that can't be sent is taken note of, and so is the next that can", async () => {
  const mail = { to: "ada@example.com", subject: "Hello", text: "Hello", html: "<p>Hello</p>", opens: null };
  const mailer = mailerTo(`smtp://127.0.0.1:${ports.closed}`);
  expect(await mailer.send(mail, "1").catch((err: unknown) => err)).toBeInstanceOf(Error);
  expect(mailer.server?.fault()).toContain("doesn't answer (ECONNREFUSED)");
  await using sink = await openMailSink({ port: ports.closed });
  await mailer.send(mail, "1");
  expect([sink.mails.length, mailer.server?.fault() ?? null]).toEqual([1, null]);
  mailer.close();
});

test("an administrator and Prometheus learn that mail waits; readiness doesn't depend on it", async () => {
  const fault = "the mail server mail.example.com:25 doesn't answer";
  const mailer: Mailer = { send: async () => {}, close() {}, server: { fault: () => fault, watch() {} } };
  await inSandbox(
    async (service) => {
      const root = await service.signUp({ administrator: true });
      expect((await root.get("/v1/admin/health")).body).toMatchObject({ mail: { by: "smtp", fault } });
      expect((await root.get("/admin")).text).toContain("mail.example.com:25");
      const { text } = await service.anonymous.get("/metrics", { authorization: "Bearer a-token-for-metrics-only" });
      expect(text).toContain("gatehouse_mail_server_usable 0");
      expect((await service.anonymous.get("/readyz")).status).toBe(200);
    },
    { mailer, env: { METRICS_TOKEN: "a-token-for-metrics-only" } },
  );
});
