import { expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { mailedSecret } from "../harness/mails.ts";
import { password } from "../harness/people.ts";
import { enrolled, holding } from "../harness/two-factor.ts";

const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15";

async function signIn({ anonymous }: Service, { email }: Actor, agent: string, address = "192.0.2.7") {
  const headers = { "content-type": "application/json", "user-agent": agent };
  const body = JSON.stringify({ email, password });
  const answer = await anonymous.request("POST", "/api/auth/sign-in/email", { headers, body, address });
  expect(answer.status).toBe(200);
}

const subjects = ({ mails }: Service, who: Actor) => mails.filter(({ to }) => to === who.email).map((it) => it.subject);

test("a sign-in with a device or from a network that is new is mailed, once; the first isn't, nor a known one", () =>
  inSandbox(async (service) => {
    const who = await service.signUp({ verified: true });
    await signIn(service, who, windows);
    await signIn(service, who, windows, "192.0.2.200");
    expect(subjects(service, who)).toEqual([]);
    await signIn(service, who, mac);
    await signIn(service, who, windows, "198.51.100.1");
    await signIn(service, who, mac);
    await signIn(service, who, windows, "198.51.100.2");
    expect(subjects(service, who)).toEqual(Array(2).fill("A sign-in from a new device"));
    const text = service.mails.find(({ to }) => to === who.email)?.text.replaceAll("\u2060", "");
    expect(text).toContain("Device: Safari on macOS\nNetwork: 192.0.2.0/24");
  }));

test("who doesn't want to hear of new devices doesn't", () =>
  inSandbox(async (service) => {
    const who = await service.signUp({ verified: true });
    await who.patch("/v1/me/preferences", { notifications: { newDevice: false } });
    await signIn(service, who, windows);
    await signIn(service, who, mac);
    expect(subjects(service, who)).toEqual([]);
  }));

test("a password that is changed is told to its person, and one that is refused isn't", () =>
  inSandbox(async (service) => {
    const who = await service.signUp({ verified: true });
    const change = (currentPassword: string) =>
      who.post("/api/auth/change-password", { currentPassword, newPassword: "another horse battery" });
    expect((await change("wrong")).status).toBe(400);
    expect(subjects(service, who)).toEqual([]);
    expect((await change(password)).status).toBe(200);
    expect(subjects(service, who)).toEqual(["Your password was changed"]);
  }));

test("an address that is changed is told to the old one, also where an administrator changed it", () =>
  inSandbox(async (service) => {
    const [root, who] = [await service.signUp({ administrator: true }), await service.signUp({ verified: true })];
    const body = { userId: who.userId, data: { email: `new-${who.email}` } };
    expect((await root.post("/api/auth/admin/update-user", body)).status).toBe(200);
    expect(subjects(service, who)).toEqual(["Your address was changed"]);
    expect(service.mails.at(-1)?.text).not.toContain(`new-${who.email}`);
  }));

test("a second factor that is turned on or off is told to its person", () =>
  inSandbox(async (service) => {
    const { who, cookie } = await enrolled(service);
    expect(subjects(service, who)).toEqual(["Your second factor is on"]);
    const off = await holding(service, cookie).post("/api/auth/two-factor/disable", { password });
    expect(off.status).toBe(200);
    expect(subjects(service, who)).toEqual(["Your second factor is on", "Your second factor is off"]);
  }));

test("a password that is reset by a mailed link is told to its person", () =>
  inSandbox(async (service) => {
    const who = await service.signUp({ verified: true });
    await service.anonymous.post("/api/auth/request-password-reset", { email: who.email });
    const token = mailedSecret(service, who.email);
    const reset = { token, newPassword: "another horse battery" };
    expect((await service.anonymous.post("/api/auth/reset-password", reset)).status).toBe(200);
    expect(subjects(service, who)).toEqual(["Choose a new password", "Your password was changed"]);
  }));

test("an account that is deleted is told to its person, and one that stays isn't", () =>
  inSandbox(async (service) => {
    const who = await service.signUp({ verified: true });
    expect((await who.post("/api/auth/delete-user", { password: "wrong password" })).status).toBe(400);
    expect(subjects(service, who)).toEqual([]);
    expect((await who.post("/api/auth/delete-user", { password })).status).toBe(200);
    expect(subjects(service, who)).toEqual(["Your account was deleted"]);
  }));
