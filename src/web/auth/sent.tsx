/** @jsxImportSource hono/jsx */
import { pageRoutes } from "../kit/env.ts";
import { inLanguages } from "../kit/languages.ts";
import { returnTo, withReturn } from "../kit/return-to.ts";
import { show } from "../kit/show.tsx";

const messages = inLanguages({
  en: {
    title: "Look into your mail",
    signUp: "We have sent you a mail. Open the link in it to confirm your address; then you are signed in.",
    verify: "If the address has an account that isn't confirmed yet, a mail with a new link is on its way.",
    reset: "If the address has an account, a mail with a link to a new password is on its way.",
    hour: "The link works for an hour. If no mail comes, look among the unwanted ones.",
    again: "Send the mail again",
    signIn: "Back to signing in",
  },
  de: {
    title: "Sehen Sie in Ihre Mails",
    signUp:
      "Wir haben Ihnen eine Mail geschickt. Öffnen Sie den Link darin, um Ihre Adresse zu bestätigen; dann sind Sie angemeldet.",
    verify:
      "Wenn es zu der Adresse ein Konto gibt, das noch nicht bestätigt ist, kommt gleich eine Mail mit einem neuen Link.",
    reset: "Wenn es zu der Adresse ein Konto gibt, kommt gleich eine Mail mit einem Link zu einem neuen Passwort.",
    hour: "Der Link gilt eine Stunde. Wenn keine Mail kommt, sehen Sie bei den unerwünschten nach.",
    again: "Die Mail noch einmal senden",
    signIn: "Zurück zur Anmeldung",
  },
});

/** Says that a mail is on its way. It is the same page whether or not one was sent. */
export const sent = () =>
  pageRoutes().get("/sent", (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const place = returnTo(c, c.req.query("return_to"));
    const what = c.req.query("for");
    const text = what === "reset" ? t.reset : what === "verify" ? t.verify : t.signUp;
    return show(
      c,
      { title: t.title },
      <>
        <h1>{t.title}</h1>
        <p>{text}</p>
        <p>{t.hour}</p>
        <p>
          <a href={withReturn(what === "reset" ? "/auth/forgot" : "/auth/verify/again", place)}>{t.again}</a>
        </p>
        <p>
          <a href={withReturn("/auth/sign-in", place)}>{t.signIn}</a>
        </p>
      </>,
    );
  });
