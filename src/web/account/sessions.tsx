/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Wire, WirePage } from "../../http/page.ts";
import { NotFound } from "../../core/problem.ts";
import type { Session } from "../../modules/account/me/index.ts";
import { Ask } from "../components/ask.tsx";
import { Pager, Rows, When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, emptyForm, type Form as FormState } from "../kit/forms.ts";
import { inLanguages } from "../kit/languages.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";

const messages = inLanguages({
  en: {
    title: "Devices",
    intro: "Where you are signed in. Sign out what you don't recognize, then change your password.",
    device: "Device",
    network: (range: string) => `in the network ${range}`,
    seen: "Last seen",
    began: "Signed in",
    here: "this one",
    acting: "an administrator, as you",
    on: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: "Unknown device",
    end: "Sign out",
    endNamed: (device: string) => `Sign out ${device}`,
    endOthers: "Sign out everywhere else",
    askOne: (device: string) => `Sign out ${device}?`,
    askOthers: "Sign out everywhere else?",
    whatOne: "Whoever uses it there has to sign in again.",
    whatOthers: "You stay signed in on this device only.",
    ended: "Signed out.",
  },
  de: {
    title: "Geräte",
    intro: "Wo Sie angemeldet sind. Melden Sie ab, was Sie nicht erkennen, und ändern Sie dann Ihr Passwort.",
    device: "Gerät",
    network: (range: string) => `im Netz ${range}`,
    seen: "Zuletzt gesehen",
    began: "Angemeldet",
    here: "dieses",
    acting: "ein Administrator, als Sie",
    on: (browser: string, system: string) => `${browser} auf ${system}`,
    unknown: "Unbekanntes Gerät",
    end: "Abmelden",
    endNamed: (device: string) => `${device} abmelden`,
    endOthers: "Überall sonst abmelden",
    askOne: (device: string) => `${device} abmelden?`,
    askOthers: "Überall sonst abmelden?",
    whatOne: "Wer es dort benutzt, muss sich erneut anmelden.",
    whatOthers: "Nur auf diesem Gerät bleiben Sie angemeldet.",
    ended: "Abgemeldet.",
  },
});

type Row = Wire<Session>;
const [here, list] = ["/account/sessions", "/v1/me/sessions"];

/** Where somebody is signed in, and how to end it. */
export const sessions = () =>
  pageRoutes()
    .get("/", (c) => showSessions(c))
    .get("/others/end", (c) => askOthers(c, emptyForm))
    .post("/others/end", async (c) => {
      const { page } = c.var;
      const tried = await attempt(page, () => page.api.send("DELETE", list));
      if ("failed" in tried) return askOthers(c, { ...emptyForm, failed: tried.failed });
      return leave(c, here, page.say(messages).ended);
    })
    .get("/:id/end", (c) => askOne(c, emptyForm))
    .post("/:id/end", async (c) => {
      const { page } = c.var;
      const id = encodeURIComponent(c.req.param("id"));
      const tried = await attempt(page, () => page.api.send("DELETE", `${list}/${id}`));
      if ("failed" in tried) return askOne(c, { ...emptyForm, failed: tried.failed });
      return leave(c, here, page.say(messages).ended);
    });

async function showSessions(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const cursor = c.req.query("cursor");
  const { data, nextCursor } = await page.api.get<WirePage<Session>>(list, { limit: 20, cursor });
  const others = data.some(({ current }) => !current) || nextCursor !== null || cursor !== undefined;
  return show(
    c,
    { title: t.title, frame: AccountFrame, live: true },
    <>
      <h1>{t.title}</h1>
      <p>{t.intro}</p>
      <Rows
        caption={t.title}
        columns={[t.device, t.seen, t.began, ""]}
        rows={data.map((row) => [
          <>
            {deviceName(page, row)} {row.current ? <span class="tag">{t.here}</span> : null}
            {row.impersonated ? <span class="tag">{t.acting}</span> : null}
            {row.addressRange === null ? null : <div class="faint">{t.network(row.addressRange)}</div>}
          </>,
          <When page={page} at={row.lastSeenAt} />,
          <When page={page} at={row.createdAt} />,
          row.current ? null : (
            <a href={`${here}/${row.id}/end`} aria-label={t.endNamed(deviceName(page, row))}>
              {t.end}
            </a>
          ),
        ])}
      />
      <Pager page={page} next={nextCursor} first={cursor === undefined} />
      {others ? (
        <p>
          <a class="button" href={`${here}/others/end`}>
            {t.endOthers}
          </a>
        </p>
      ) : null}
    </>,
  );
}

function deviceName(page: Page, { device: { browser, system } }: Row): string {
  const t = page.say(messages);
  return browser !== null && system !== null ? t.on(browser, system) : (browser ?? system ?? t.unknown);
}

/** @throws 404 for a session that isn't the person's, or is over. */
async function askOne(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  // All that a person can have.
  const { data } = await page.api.get<WirePage<Session>>(list, { limit: 100 });
  const row = data.find(({ id }) => id === c.req.param("id"));
  if (!row) throw NotFound("There is no such session.");
  return ask(c, form, { title: t.askOne(deviceName(page, row)), what: t.whatOne, submit: t.end });
}

function askOthers(c: Context<PageEnv>, form: FormState): Promise<Response> {
  const t = c.var.page.say(messages);
  return ask(c, form, { title: t.askOthers, what: t.whatOthers, submit: t.endOthers });
}

function ask(c: Context<PageEnv>, form: FormState, said: { title: string; what: string; submit: string }) {
  return show(
    c,
    { title: said.title, status: form.failed?.status ?? 200, frame: AccountFrame },
    <Ask page={c.var.page} form={form} title={said.title} submit={said.submit} back={here}>
      <p>{said.what}</p>
    </Ask>,
  );
}
