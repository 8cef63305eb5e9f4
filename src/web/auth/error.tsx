/** @jsxImportSource hono/jsx */
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";

const messages = inLanguages({
  en: {
    title: "That didn't work",
    again: "Back to signing in",
    refused: "The provider says that you didn't agree. Try again, or sign in another way.",
    away: "The provider doesn't answer. Try again in a moment, or sign in another way.",
    linked:
      "There is an account with this address already. Sign in as you did before; then add this provider in your account, under the ways to sign in.",
    address: "The provider doesn't tell your e-mail address. Allow it there, or sign in another way.",
    late: "The sign-in took too long, or was begun in another browser. Begin again.",
    banned: "This account is blocked. Ask those who run the service.",
    other: "The sign-in with the provider failed. Try again, or sign in another way.",
  },
  de: {
    title: "Das hat nicht geklappt",
    again: "Zurück zur Anmeldung",
    refused:
      "Der Anbieter meldet, dass Sie nicht zugestimmt haben. Versuchen Sie es erneut oder melden Sie sich anders an.",
    away: "Der Anbieter antwortet nicht. Versuchen Sie es gleich noch einmal oder melden Sie sich anders an.",
    linked:
      "Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich an wie bisher; dann fügen Sie den Anbieter im Konto unter den Anmeldewegen hinzu.",
    address: "Der Anbieter nennt Ihre E-Mail-Adresse nicht. Erlauben Sie es dort oder melden Sie sich anders an.",
    late: "Die Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Beginnen Sie von vorn.",
    banned: "Dieses Konto ist gesperrt. Fragen Sie die Betreiber des Dienstes.",
    other: "Die Anmeldung beim Anbieter ist gescheitert. Versuchen Sie es erneut oder melden Sie sich anders an.",
  },
});

type Told = Exclude<keyof typeof messages.en, "title" | "again">;

/** What better-auth's codes mean to a person. */
const meaning: readonly [RegExp, Told][] = [
  [/^access_denied$/, "refused"],
  [/^(provider_unavailable|oauth_provider_not_found|temporarily_unavailable|server_error)$/, "away"],
  [/^(account_not_linked|account_already_linked.*|unable_to_link_account)$/, "linked"],
  [/^email_(not_found|is_missing)$/, "address"],
  [/^(state_|please_restart|invalid_state|no_code)/, "late"],
  [/^banned/, "banned"],
];

/** Where a sign-in ends that a provider or better-auth refused: what happened, and what to do. */
export const error = () =>
  pageRoutes().get("/error", (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const code = (c.req.query("error") ?? "").toLowerCase();
    const told = meaning.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
    const place = returnTo(c, c.req.query("return_to"));
    return show(
      c,
      { title: t.title },
      <>
        <h1>{t.title}</h1>
        <p>{t[told]}</p>
        <p>
          <a class="button primary" href={withReturn("/auth/sign-in", place)}>
            {t.again}
          </a>
        </p>
      </>,
    );
  });
