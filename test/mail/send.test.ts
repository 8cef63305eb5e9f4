import { expect, test } from "bun:test";
import type { Mailer } from "../../src/mail/mailer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { password } from "../harness/people.ts";

const reset = async (
  { anonymous }: Pick<Service, "anonymous">,
  email: string,
  headers: Record<string, string> = {},
) => {
  const body = JSON.stringify({ email, redirectTo: "/" });
  const sent = { ...headers, "content-type": "application/json" };
  const { status } = await anonymous.request("POST", "/api/auth/request-password-reset", { body, headers: sent });
  expect(status).toBe(200);
};

test("a mail is in the language that its recipient has set, else the request's, else English", () =>
  inSandbox(async (service) => {
    const { signUp, mails } = service;
    const [set, unset] = [await signUp(), await signUp()];
    expect((await set.patch("/v1/me/preferences", { language: "de" })).status).toBe(200);
    await reset(service, set.email, { "accept-language": "en" });
    await reset(service, unset.email, { "accept-language": "de-CH,fr;q=0.5" });
    await reset(service, unset.email);
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Wählen Sie ein neues Passwort",
      "Wählen Sie ein neues Passwort",
      "Choose a new password",
    ]);
  }));

test("an invitation is mailed in the inviter's language to who has set none", () =>
  inSandbox(async ({ organization, mails }) => {
    const { owner } = await organization();
    const body = JSON.stringify({ email: "guest@example.com", role: "member" });
    const headers = { "content-type": "application/json", "accept-language": "de" };
    expect((await owner.request("POST", "/v1/orgs/current/invitations", { body, headers })).status).toBe(201);
    expect(mails.at(-1)?.subject).toStartWith("Einladung zu");
  }));

test("a mail server that refuses an address for ever isn't asked again, and one that is away is", async () => {
  const { Hopeless } = await import("../../src/core/hopeless.ts");
  for (const [err, failed] of [
    [new Error("connect ECONNREFUSED"), false],
    [new Hopeless("550 no such user"), true],
  ] as const)
    await inSandbox(
      async (service) => {
        await reset(service, (await service.signUp()).email);
        const rows = await service.database.statement(
          "",
          "select failed_at is not null as failed, attempts from job",
          [],
        );
        expect(rows).toEqual([{ failed, attempts: 1 }]);
      },
      { mailer: { send: () => Promise.reject(err), close() {} } },
    );
});

test("a code or a link that has expired when its mail's turn comes isn't sent, and a notice is", async () => {
  let away = true;
  const sent: string[] = [];
  const mailer: Mailer = {
    async send({ to, subject }) {
      if (away) throw new Error("connect ECONNREFUSED");
      sent.push(`${to}: ${subject}`);
    },
    close() {},
  };
  await inSandbox(
    async ({ anonymous, signUp, clock, deps, logs }) => {
      const [late, early] = [await signUp({ verified: true }), await signUp({ verified: true })];
      await anonymous.post("/api/auth/sign-in/magic-link", { email: late.email });
      await reset({ anonymous }, early.email);
      const newPassword = "another horse battery";
      await late.post("/api/auth/change-password", { currentPassword: password, newPassword });
      away = false;
      clock.advance(11 * 60_000);
      await deps.worker.drain();
      expect(sent.toSorted()).toEqual(
        [`${late.email}: Your password was changed`, `${early.email}: Choose a new password`].toSorted(),
      );
      expect(logs.filter((line) => line.includes("came too late"))).toHaveLength(1);
    },
    { mailer },
  );
});

test("a request that is refused after all mails nothing", () =>
  inSandbox(async ({ anonymous, signUp, mails, database }) => {
    const { email } = await signUp();
    const body = { email, name: "Somebody", password: "correct horse battery" };
    await anonymous.post("/api/auth/sign-up/email", body);
    const rows = await database.statement("", "select id from job", []);
    expect([rows, mails.filter(({ to, opens }) => to === email && opens?.includes("verify"))]).toEqual([[], []]);
  }));
