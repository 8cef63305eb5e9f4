/** @jsxImportSource hono/jsx */
import type { Page, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import { When } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { show } from "../kit/show.tsx";
import { common } from "../messages/common.ts";
import { AdminFrame } from "./frame.tsx";
import { isAdministrator, isBanned, stateOf, type WireUser } from "./user-state.tsx";

const messages = inLanguages({
  en: {
    address: "Address",
    state: "State",
    usual: "Nothing special",
    since: "Since",
    reason: "Banned for",
    until: "Banned until",
    forever: "For ever",
    waysIn: "Ways to sign in",
    password: "Password",
    passkey: "Passkey",
    code: "Code by e-mail",
    secondFactor: "Second factor",
    more: "More about this person",
    organizations: "Organizations",
    sessions: "Sessions",
    did: "What they did",
    done: "What was done to their account",
    act: "Act as this person",
    ban: "Ban",
    unban: "Lift the ban",
    make: "Make an administrator",
    unmake: "Take administration away",
    remove: "Delete the account",
    own: "This is your own account. Another administrator can change it.",
  },
  de: {
    address: "Adresse",
    state: "Zustand",
    usual: "Nichts Besonderes",
    since: "Seit",
    reason: "Gesperrt wegen",
    until: "Gesperrt bis",
    forever: "Für immer",
    waysIn: "Anmeldung",
    password: "Passwort",
    passkey: "Passkey",
    code: "Code per E-Mail",
    secondFactor: "Zweiter Faktor",
    more: "Mehr über diese Person",
    organizations: "Organisationen",
    sessions: "Sitzungen",
    did: "Was sie getan hat",
    done: "Was an ihrem Konto geändert wurde",
    act: "Als diese Person handeln",
    ban: "Sperren",
    unban: "Sperre aufheben",
    make: "Zum Administrator machen",
    unmake: "Administration entziehen",
    remove: "Konto löschen",
    own: "Das ist Ihr eigenes Konto. Ein anderer Administrator kann es ändern.",
  },
});

/** One person: who they are, how they sign in, what an administrator can do about them. */
export const user = () =>
  pageRoutes().get("/:id", async (c) => {
    const { page } = c.var;
    const at = `/v1/admin/users/${encodeURIComponent(c.req.param("id"))}`;
    const [person, ways] = await Promise.all([
      page.api.get<WireUser>(at),
      page.api.get<Wire<SignInMethods>>(`${at}/sign-in-methods`),
    ]);
    const t = page.say(messages);
    const title = person.name || person.email;
    const banned = isBanned(page, person);
    const state = stateOf(page, person);
    return show(
      c,
      { title, frame: AdminFrame },
      <>
        <h1>{title}</h1>
        <dl>
          <dt>{t.address}</dt>
          <dd>{person.email}</dd>
          <dt>{t.state}</dt>
          <dd>{state.length === 0 ? t.usual : state}</dd>
          <dt>{t.since}</dt>
          <dd>
            <When page={page} at={person.createdAt} />
          </dd>
          {banned ? (
            <>
              <dt>{t.until}</dt>
              <dd>
                <When page={page} at={person.banExpires} empty={t.forever} />
              </dd>
            </>
          ) : null}
          {banned && person.banReason ? (
            <>
              <dt>{t.reason}</dt>
              <dd>{person.banReason}</dd>
            </>
          ) : null}
          <dt>{t.waysIn}</dt>
          <dd>{waysIn(page, ways)}</dd>
          <dt>{t.secondFactor}</dt>
          <dd>{ways.secondFactor.enabled ? page.say(common).yes : page.say(common).no}</dd>
        </dl>
        <Links page={page} id={person.id} />
        {person.id === page.viewer?.id ? <p class="faint">{t.own}</p> : <Actions page={page} person={person} />}
      </>,
    );
  });

function waysIn(page: Page, { password, providers, passkeys, emailCode }: Wire<SignInMethods>): string {
  const t = page.say(messages);
  const names = [
    ...(password ? [t.password] : []),
    ...providers.map(({ label }) => label),
    ...passkeys.map(({ name }) => (name ? `${t.passkey} “${name}”` : t.passkey)),
    ...(emailCode ? [t.code] : []),
  ];
  return names.join(", ") || page.say(common).none;
}

function Links({ page, id }: { page: Page; id: string }) {
  const t = page.say(messages);
  return (
    <>
      <h2>{t.more}</h2>
      <ul>
        <li>
          <a href={`/admin/users/${id}/organizations`}>{t.organizations}</a>
        </li>
        <li>
          <a href={`/admin/users/${id}/sessions`}>{t.sessions}</a>
        </li>
        <li>
          <a href={`/admin/history?actorId=${id}`}>{t.did}</a>
        </li>
        <li>
          <a href={`/admin/history?entityId=${id}`}>{t.done}</a>
        </li>
      </ul>
    </>
  );
}

/** What an administrator can do about somebody else: each is asked once more on a page of its own. */
function Actions({ page, person }: { page: Page; person: WireUser }) {
  const t = page.say(messages);
  const [banned, administrator] = [isBanned(page, person), isAdministrator(person)];
  const at = `/admin/users/${person.id}`;
  const offered: [path: string, label: string, offered: boolean][] = [
    ["impersonate", t.act, !banned && !administrator],
    ["ban", t.ban, !banned],
    ["unban", t.unban, banned],
    ["role", administrator ? t.unmake : t.make, true],
  ];
  return (
    <>
      <h2>{page.say(common).actions}</h2>
      <div class="buttons">
        {offered
          .filter(([, , may]) => may)
          .map(([path, label]) => (
            <a class="button" href={`${at}/${path}`}>
              {label}
            </a>
          ))}
        <a class="button danger" href={`${at}/delete`}>
          {t.remove}
        </a>
      </div>
    </>
  );
}
