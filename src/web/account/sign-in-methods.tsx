/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Page, PageEnv, Wire } from "../../http/page.ts";
import type { SignInMethods } from "../../modules/account/me/index.ts";
import type { Settings } from "../../modules/platform/settings/index.ts";
import { Rows, When } from "../components/list.tsx";
import { Notice } from "../components/notice.tsx";
import { leadAway } from "../kit/away.tsx";
import { pageRoutes } from "../kit/env.ts";
import { attempt, type Failed, readForm } from "../kit/forms.ts";
import { leave } from "../kit/leave.ts";
import { show } from "../kit/show.tsx";
import { AccountFrame } from "./frame.tsx";
import { messages } from "./sign-in-methods-messages.ts";

export const signInMethodsPath = "/account/sign-in-methods";

type Ways = Wire<SignInMethods>;
type Offered = Wire<Settings>["signIn"];

/** How somebody signs in, and what may be added or removed of it. */
export const signInMethods = () =>
  pageRoutes()
    .get("/", (c) => showSignInMethods(c))
    .post("/", async (c) => {
      const { page } = c.var;
      const provider = (await readForm(c)).text("provider");
      if (provider === "") return mailPassword(c);
      const asked = { provider, callbackURL: signInMethodsPath, errorCallbackURL: "/auth/error" };
      const tried = await attempt(page, () => page.api.auth<{ url: string }>("/link-social", asked));
      return "failed" in tried ? showSignInMethods(c, tried.failed) : leadAway(c, tried.done.url);
    });

/** Mails the link by which somebody sets a password who has none. */
async function mailPassword(c: Context<PageEnv>): Promise<Response> {
  const { page } = c.var;
  const address = page.viewer?.email ?? "";
  await page.api.auth("/request-password-reset", { email: address, redirectTo: signInMethodsPath });
  return leave(c, signInMethodsPath, page.say(messages).mailed(address));
}

/** @param failed why something on the page wasn't done. */
async function showSignInMethods(c: Context<PageEnv>, failed?: Failed): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const [ways, { signIn: offered }] = await Promise.all([
    page.api.get<Ways>("/v1/me/sign-in-methods"),
    page.api.get<Wire<Settings>>("/v1/settings"),
  ]);
  return show(
    c,
    { title: t.title, status: failed?.status ?? 200, frame: AccountFrame },
    <>
      <h1>{t.title}</h1>
      {failed ? <Notice kind="bad">{failed.message}</Notice> : null}
      <Password page={page} ways={ways} />
      {offered.passkey || ways.passkeys.length > 0 ? <Passkeys page={page} ways={ways} offered={offered} /> : null}
      <Providers page={page} ways={ways} offered={offered} />
      {ways.emailCode ? (
        <section>
          <h2>{t.emailCode}</h2>
          <p>{t.emailCodeText(page.viewer?.email ?? "")}</p>
        </section>
      ) : null}
      <section>
        <h2>{t.secondFactor}</h2>
        <p>
          {ways.secondFactor.enabled ? t.on : t.off} <a href="/account/two-factor">{t.manage}</a>
        </p>
      </section>
    </>,
  );
}

function Password({ page, ways: { password } }: { page: Page; ways: Ways }) {
  const t = page.say(messages);
  return (
    <section>
      <h2>{t.password}</h2>
      {password === null ? (
        <>
          <p>{t.noPassword}</p>
          <form method="post" action={signInMethodsPath} data-once>
            <button type="submit">{t.setPassword}</button>
          </form>
        </>
      ) : (
        <p>
          {t.changedOn} <When page={page} at={password.changedAt} />.{" "}
          <a href={`${signInMethodsPath}/password`}>{t.changePassword}</a>
        </p>
      )}
    </section>
  );
}

function Passkeys({ page, ways: { passkeys }, offered }: { page: Page; ways: Ways; offered: Offered }) {
  const t = page.say(messages);
  const here = `${signInMethodsPath}/passkeys`;
  return (
    <section>
      <h2>{t.passkeys}</h2>
      {passkeys.length === 0 ? (
        <p>{t.noPasskeys}</p>
      ) : (
        <Rows
          caption={t.passkeys}
          columns={[t.name, t.added, t.used, ""]}
          rows={passkeys.map(({ id, name, createdAt, lastUsedAt, removable }) => [
            name ?? t.unnamed,
            <When page={page} at={createdAt} />,
            <When page={page} at={lastUsedAt} empty={t.neverUsed} />,
            <span class="buttons">
              <a href={`${here}/${id}`} aria-label={t.renameNamed(name ?? t.unnamed)}>
                {t.rename}
              </a>
              {removable ? (
                <a href={`${here}/${id}/remove`} aria-label={t.removeNamed(name ?? t.unnamed)}>
                  {t.remove}
                </a>
              ) : (
                <span class="faint">{t.last}</span>
              )}
            </span>,
          ])}
        />
      )}
      {offered.passkey ? (
        <p>
          <a class="button" href={`${here}/new`}>
            {t.addPasskey}
          </a>
        </p>
      ) : null}
    </section>
  );
}

function Providers({ page, ways: { providers }, offered }: { page: Page; ways: Ways; offered: Offered }) {
  const t = page.say(messages);
  const here = `${signInMethodsPath}/providers`;
  const others = offered.providers.filter(({ id }) => !providers.some(({ provider }) => provider === id));
  if (providers.length + others.length === 0) return null;
  return (
    <section>
      <h2>{t.providers}</h2>
      {providers.length === 0 ? null : (
        <Rows
          caption={t.providers}
          columns={[t.name, t.added, ""]}
          rows={providers.map(({ id, label, linkedAt, removable }) => [
            label,
            <When page={page} at={linkedAt} />,
            removable ? (
              <a href={`${here}/${id}/disconnect`} aria-label={t.disconnectNamed(label)}>
                {t.disconnect}
              </a>
            ) : (
              <span class="faint">{t.last}</span>
            ),
          ])}
        />
      )}
      {others.length === 0 ? null : (
        <form class="buttons" method="post" action={signInMethodsPath} data-once>
          {others.map(({ id, label }) => (
            <button type="submit" name="provider" value={id}>
              {t.connect(label)}
            </button>
          ))}
        </form>
      )}
    </section>
  );
}
