import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { mailedLink } from "../harness/mails.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: mailed links in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("mailed links in a browser", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite({ SIGN_UP: "verified" });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const pathTo = (email: string): string => mailedLink(site.service, email).href.slice(site.url.length);

  test("sign-up, its mail and its link lead to where one wanted to go; loading the page spends nothing", async () => {
    const { service, visit, look } = site;
    const email = "ada@example.com";
    const page = await visit("/account?tab=1");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("New password").fill("password1");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("This password is one of the most common ones").first().waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Ada Lovelace");
    await look(page, "sign-up-refused");
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
    await look(page, "sent");

    // A scanner opens the page in a browser that runs scripts, and presses nothing.
    const path = pathTo(email);
    await visit(path);
    const mail = await visit(path);
    expect(mail.url()).not.toContain("#");
    await look(mail, "verify");
    await mail.getByLabel("Password").fill("not this one");
    await mail.getByRole("button", { name: "Confirm the address" }).click();
    await mail.getByText("The password is wrong.").first().waitFor();
    await mail.getByLabel("Password").fill(password);
    await mail.getByRole("button", { name: "Confirm the address" }).click();
    await mail.getByText("Your address is confirmed.").waitFor();
    expect(new URL(mail.url()).pathname + new URL(mail.url()).search).toBe("/account?tab=1");
    expect(service.mails.filter(({ to }) => to === email)).toHaveLength(1);

    const again = await visit(path);
    await again.getByLabel("Password").fill(password);
    await again.getByRole("button", { name: "Confirm the address" }).click();
    await again.getByText("This link isn't valid any more").waitFor();
  });

  test("a mail to sign in: its link by a click, and without JavaScript its code by hand", async () => {
    const { service, visit, look } = site;
    const { email } = await service.signUp({ name: "Grace Hopper", email: "grace@example.com", verified: true });
    const page = await visit("/auth/sign-in?return_to=/account");
    await page.getByRole("link", { name: "Sign in with a code by e-mail" }).click();
    await page.getByLabel("E-mail").fill(email);
    await look(page, "code");
    await page.getByRole("button", { name: "Send the mail" }).click();
    await page.getByRole("heading", { name: "Enter the code" }).waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(email);
    await page.getByLabel("Code").fill("000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The code is wrong.").first().waitFor();
    await look(page, "code-refused");
    const mail = await visit(pathTo(email));
    await look(mail, "link");
    await mail.getByRole("button", { name: "Sign in" }).click();
    await mail.getByRole("heading", { name: "Profile" }).waitFor();
    await mail.getByRole("button", { name: "Sign out" }).click();
    await mail.getByText("Last used").waitFor();

    const plain = await visit("/auth/code", undefined, { javaScriptEnabled: false });
    await plain.getByLabel("E-mail").fill(email);
    await plain.getByRole("button", { name: "Send the mail" }).click();
    const code = /^\d{6}$/m.exec(service.mails.at(-1)?.text ?? "")?.[0] ?? "";
    await plain.getByLabel("Code").fill(code);
    await plain.getByRole("button", { name: "Sign in" }).click();
    await plain.getByRole("heading", { name: "Profile" }).waitFor();
  });

  test("a new password, with and without JavaScript", async () => {
    const { service, visit, look } = site;
    const { email } = await service.signUp({ name: "Alan Turing", email: "alan@example.com", verified: true });
    const page = await visit("/auth/forgot");
    await page.getByLabel("E-mail").fill(email);
    await look(page, "forgot");
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("If the address has an account").waitFor();
    const link = pathTo(email);
    const plain = await visit(link, undefined, { javaScriptEnabled: false });
    await plain.getByLabel("From the mailed link").fill(link.split("#")[1] ?? "");
    await plain.getByLabel("New password").fill("password1");
    await plain.getByRole("button", { name: "Set the password" }).click();
    await plain.getByText("This password is one of the most common ones").first().waitFor();
    const mail = await visit(link);
    await look(mail, "reset");
    await mail.getByLabel("New password").fill("battery horse correct");
    await mail.getByRole("button", { name: "Set the password" }).click();
    await mail.getByText("Your new password is set").waitFor();
    await mail.getByLabel("E-mail").fill(email);
    await mail.getByLabel("Password").fill("battery horse correct");
    await mail.getByRole("button", { name: "Sign in", exact: true }).click();
    await mail.getByRole("heading", { name: "Profile" }).waitFor();
  });

  test("a change of the address goes through both mailboxes", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Emmy Noether", email: "emmy@example.com", verified: true });
    const newEmail = "noether@example.com";
    await who.post("/api/auth/change-email", { newEmail });
    const page = await visit(pathTo(who.email));
    await look(page, "change-email");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("a mail is on its way there").waitFor();
    await page.goto(site.url + pathTo(newEmail));
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("Thank you.").waitFor();
    const { body } = await service.anonymous.post("/api/auth/sign-in/email", { email: newEmail, password });
    expect(body).toMatchObject({ user: { email: newEmail, emailVerified: true } });
  });

  test("an invitation: signing up with the invited address in one step, and accepting or declining as who one is", async () => {
    const { service, visit, look } = site;
    const inviter = await service.signUp({ name: "Olive Owner", email: "olive@example.com" });
    const { owner, id, slug } = await service.organization(inviter);
    await owner.request("PATCH", `/v1/orgs/${slug}`, {
      body: JSON.stringify({ name: "Acme" }),
      headers: { "content-type": "application/json" },
    });
    const invite = async (email: string) => void (await owner.post(`/v1/orgs/${id}/invitations`, { email }));
    const email = "guest@example.com";
    await invite(email);
    const page = await visit(pathTo(email));
    await look(page, "invitation");
    await page.getByRole("button", { name: "Look at the invitation" }).click();
    await page.getByRole("heading", { name: "Invitation to Acme" }).waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(email);
    await look(page, "invitation-sign-up");
    await page.getByLabel("Name").fill("Guest");
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Create an account and join" }).click();
    await page.getByText("Welcome. You are a member now.").waitFor();
    expect(new URL(page.url()).pathname).toStartWith("/console/");

    const known = await service.signUp({ name: "Known", email: "known@example.com", verified: true });
    await invite(known.email);
    const path = pathTo(known.email);
    const other = await visit(path, owner);
    await other.getByText("This invitation is for another address").waitFor();
    const theirs = await visit(path);
    await theirs.getByRole("button", { name: "Look at the invitation" }).click();
    await theirs.getByText("known@example.com has an account").waitFor();
    await theirs.getByRole("link", { name: "Sign in" }).click();
    await theirs.getByLabel("E-mail").fill(known.email);
    await theirs.getByLabel("Password").fill(password);
    await theirs.getByRole("button", { name: "Sign in", exact: true }).click();
    await theirs.getByRole("heading", { name: "Invitation to Acme" }).waitFor();
    await look(theirs, "invitation-answer");
    await theirs.getByRole("button", { name: "Decline" }).click();
    await theirs.getByText("You have declined the invitation.").waitFor();
    await theirs.goto(site.url + path);
    await theirs.getByText("This invitation has been answered").waitFor();
  });
});
