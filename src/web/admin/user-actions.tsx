/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";
import { Ask } from "../components/ask.tsx";
import { Choice, Field, Version } from "../components/form.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState, readForm, type Sent } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AdminFrame } from "./frame.tsx";
import { messages } from "./user-messages.ts";
import { isAdministrator, type WireUser } from "./user-state.tsx";

type Words = (typeof messages)["en"];

/** Something that an administrator does about a person, asked on a page of its own first. */
type Action = {
  words: (t: Words, name: string, person: WireUser) => { title: string; text: string; submit: string; done: string };
  /** What it asks of the API, below the person. */
  call: (form: Sent, person: WireUser, now: Date) => { method: "POST" | "PUT" | "DELETE"; path: string; body?: object };
  /** Where it leads; the person's page where it isn't given. */
  leads?: string;
  /** It takes a reason and a time. */
  timed?: true;
  danger?: true;
  /** Its answer has no version to hold it to. */
  unversioned?: true;
};

const dayMs = 24 * 3600 * 1000;

/** How long a ban lasts, in days. */
const lengths = { day: 1, week: 7, month: 30, year: 365 } as const;

const until = (length: string, now: Date): string | undefined =>
  Object.hasOwn(lengths, length)
    ? new Date(now.getTime() + lengths[length as keyof typeof lengths] * dayMs).toISOString()
    : undefined;

const actions: Readonly<Record<string, Action>> = {
  ban: {
    words: (t, name) => ({ ...t.ban, title: t.ban.title(name) }),
    call: (form, _, now) => ({
      method: "POST",
      path: "/ban",
      body: { reason: form.given("reason"), expiresAt: until(form.text("length"), now) },
    }),
    timed: true,
    danger: true,
  },
  unban: {
    words: (t, name) => ({ ...t.unban, title: t.unban.title(name) }),
    call: () => ({ method: "POST", path: "/unban" }),
  },
  role: {
    words: (t, name, person) => {
      const words = isAdministrator(person) ? t.unmake : t.make;
      return { ...words, title: words.title(name) };
    },
    call: (form) => ({ method: "PUT", path: "/role", body: { role: form.text("role") } }),
  },
  impersonate: {
    words: (t, name) => ({ ...t.impersonate, title: t.impersonate.title(name) }),
    call: () => ({ method: "POST", path: "/impersonate" }),
    leads: "/account",
    unversioned: true,
  },
  delete: {
    words: (t, name) => ({ ...t.remove, title: t.remove.title(name) }),
    call: () => ({ method: "DELETE", path: "" }),
    leads: "/admin/users",
    danger: true,
  },
  "end-sessions": {
    words: (t, name) => ({ ...t.endSessions, title: t.endSessions.title(name) }),
    call: () => ({ method: "DELETE", path: "/sessions" }),
    danger: true,
    unversioned: true,
  },
};

/** What an administrator can do about a person. */
export function userActions() {
  const pages = pageRoutes();
  for (const [name, action] of Object.entries(actions))
    pages
      .get(`/:id/${name}`, (c) => ask(c, action, emptyForm))
      .post(`/:id/${name}`, async (c) => {
        const { page } = c.var;
        const form = await readForm(c);
        const person = await page.api.get<WireUser>(pathOf(c));
        const { method, path, body } = action.call(form, person, page.now);
        const tried = await attempt(page, () =>
          page.api.send(method, pathOf(c) + path, body, action.unversioned ? {} : form.version),
        );
        if ("failed" in tried) return ask(c, action, form.again(tried.failed));
        const { done } = action.words(page.say(messages), person.name || person.email, person);
        return leave(c, action.leads ?? `/admin/users/${person.id}`, done);
      });
  return pages;
}

const pathOf = (c: Context<PageEnv>): string => `/v1/admin/users/${encodeURIComponent(c.req.param("id") ?? "")}`;

async function ask(c: Context<PageEnv>, action: Action, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const { body: person, etag } = await page.api.read<WireUser>(pathOf(c));
  const { title, text, submit } = action.words(t, person.name || person.email, person);
  return show(
    c,
    { title, status: form.failed?.status ?? 200, frame: AdminFrame },
    <Ask
      page={page}
      form={form}
      title={title}
      submit={submit}
      back={`/admin/users/${person.id}`}
      danger={action.danger ?? false}
    >
      <p>{text}</p>
      {action.unversioned ? null : <Version form={form} etag={etag} />}
      {action === actions["role"] ? (
        <input type="hidden" name="role" value={isAdministrator(person) ? "user" : "admin"} />
      ) : null}
      {action.timed ? <Ban page={page} form={form} t={t} /> : null}
    </Ask>,
  );
}

function Ban({ page, form, t }: { page: Parameters<typeof Field>[0]["page"]; form: FormState; t: Words }) {
  const options = (["day", "week", "month", "year", "ever"] as const).map((value) => ({
    value,
    label: t.lengths[value],
  }));
  return (
    <>
      <Field page={page} form={form} name="reason" label={t.reason} hint={t.reasonHint} maxlength={500} />
      <Choice page={page} form={form} name="length" label={t.length} options={options} />
    </>
  );
}
