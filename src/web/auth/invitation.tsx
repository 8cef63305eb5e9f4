/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { ApiFailure, type PageEnv } from "../../http/page.ts";
import { Form } from "../components/form.tsx";
import { Notice } from "../components/notice.tsx";
import { pageRoutes } from "../kit/env.ts";
import { accountOf } from "../kit/enter.ts";
import { attempt, besidePassword, emptyForm, type Form as FormState, filled, readForm } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { withReturn } from "../kit/return-to.ts";
import { consolePath } from "../kit/organization.ts";
import { show } from "../kit/show.tsx";
import { Email, FullName, NewPassword, Secret, statusOf } from "./fields.tsx";
import { messages } from "./invitation-messages.ts";

type Mailed = { email: string; organizationName: string; inviterName: string; hasAccount: boolean };
type Received = { organizationName: string; inviterEmail: string };
type Accepted = { member: { organizationId: string } };

const pathOf = (c: Context<PageEnv>): string => `/auth/invitation/${encodeURIComponent(c.req.param("id") ?? "")}`;

/** An invitation to an organization: accept it, decline it, or sign up with the invited address first. */
export const invitation = () =>
  pageRoutes()
    .get("/invitation/:id", async (c) => (accountOf(c.var.page) === null ? showClosed(c, emptyForm) : showOwn(c)))
    .post("/invitation/:id", async (c) => {
      const form = await readForm(c);
      return opened(c, form.text("token"), filled({ token: form.text("token") }));
    })
    .post("/invitation/:id/sign-up", async (c) => {
      const { page } = c.var;
      const form = await readForm(c);
      const [invitationId, secret] = [c.req.param("id"), form.text("token")];
      const asked = { invitationId, secret, email: form.text("email"), name: form.text("name") };
      const password = form.exact("password");
      const tried = await attempt(
        page,
        () => page.api.auth("/sign-up/invited", { ...asked, password }),
        besidePassword(),
      );
      if ("failed" in tried) return opened(c, secret, form.again(tried.failed));
      return accept(c);
    })
    .post("/invitation/:id/accept", (c) => accept(c))
    .post("/invitation/:id/decline", async (c) => {
      const { page } = c.var;
      const path = `/v1/me/invitations/${encodeURIComponent(c.req.param("id"))}/reject`;
      const tried = await attempt(page, () => page.api.send("POST", path));
      return "failed" in tried ? showDead(c, tried.failed.message) : leave(c, "/", page.say(messages).declined);
    });

async function accept(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const path = `/v1/me/invitations/${encodeURIComponent(c.req.param("id") ?? "")}/accept`;
  const tried = await attempt(page, () => page.api.send<Accepted>("POST", path));
  if ("failed" in tried) return showDead(c, tried.failed.message);
  return leave(c, consolePath(tried.done.member.organizationId), page.say(messages).accepted);
}

/** What somebody sees who isn't signed in: nothing of the invitation, until they show that they have its mail. */
function showClosed(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: statusOf(form) },
    <>
      <h1>{t.title}</h1>
      <p>{t.closed}</p>
      <Form page={page} form={form} action={pathOf(c)} submit={t.open}>
        <Secret page={page} form={{ ...form, values: {} }} />
      </Form>
      <p>
        <a href={withReturn("/auth/sign-in", pathOf(c))}>{t.signIn}</a>
      </p>
    </>,
  );
}

/** What the mail's secret opens: who invites where, and the way in. The address is the invited one. */
async function opened(c: Context<PageEnv>, secret: string, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const asked = { invitationId: c.req.param("id"), secret };
  const tried = await attempt(page, () => page.api.auth<Mailed>("/sign-up/invitation", asked));
  if ("failed" in tried) return showClosed(c, { values: {}, failed: tried.failed });
  const { email, organizationName, inviterName, hasAccount } = tried.done;
  const shown = { ...form, values: { ...form.values, email } };
  return show(
    c,
    { title: t.to(organizationName), status: statusOf(form) },
    <>
      <h1>{t.to(organizationName)}</h1>
      <p>{t.from(inviterName, organizationName)}</p>
      {hasAccount ? (
        <>
          <p>{t.known(email)}</p>
          <p>
            <a class="button primary" href={withReturn("/auth/sign-in", pathOf(c))}>
              {t.signIn}
            </a>
          </p>
        </>
      ) : (
        <Form page={page} form={shown} action={`${pathOf(c)}/sign-up`} submit={t.signUp}>
          <Secret page={page} form={shown} />
          <Email page={page} form={shown} readonly />
          <FullName page={page} form={shown} />
          <NewPassword page={page} form={shown} />
        </Form>
      )}
    </>,
  );
}

/** What the invited person sees who is signed in. */
async function showOwn(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const id = encodeURIComponent(c.req.param("id") ?? "");
  const found = await page.api.auth<Received>(`/organization/get-invitation?id=${id}`).catch((err: unknown) => {
    if (err instanceof ApiFailure && err.status < 500) return err;
    throw err;
  });
  if (found instanceof ApiFailure) {
    if (found.code.startsWith("email_verification_required")) return showUnverified(c);
    if (found.code === "you_are_not_the_recipient_of_the_invitation") return showOthers(c);
    return showDead(c, t.dead);
  }
  const { organizationName, inviterEmail } = found;
  return show(
    c,
    { title: t.to(organizationName) },
    <>
      <h1>{t.to(organizationName)}</h1>
      <p>{t.from(inviterEmail, organizationName)}</p>
      <Form page={page} form={emptyForm} action={`${pathOf(c)}/accept`} submit={t.accept} />
      <form method="post" action={`${pathOf(c)}/decline`} data-once>
        <button type="submit">{t.decline}</button>
      </form>
    </>,
  );
}

function showUnverified(c: Context<PageEnv>): Promise<Response> {
  const t = c.var.page.say(messages);
  return show(
    c,
    { title: t.title, status: 403 },
    <>
      <h1>{t.title}</h1>
      <p>{t.unverified}</p>
      <p>
        <a class="button primary" href={withReturn("/auth/verify/again", pathOf(c))}>
          {t.verify}
        </a>
      </p>
    </>,
  );
}

function showOthers(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  return show(
    c,
    { title: t.title, status: 403 },
    <>
      <h1>{t.title}</h1>
      <p>{t.others(page.viewer?.email ?? "")}</p>
      <Form page={page} form={emptyForm} action="/auth/sign-out" submit={t.signOut} />
    </>,
  );
}

function showDead(c: Context<PageEnv>, message: string): Promise<Response> {
  const t = c.var.page.say(messages);
  return show(
    c,
    { title: t.title, status: 409 },
    <>
      <h1>{t.title}</h1>
      <Notice kind="bad">{message}</Notice>
      <p>
        <a href="/">{t.home}</a>
      </p>
    </>,
  );
}
