import { choose, languageCookie } from "./kit/choices.ts";
import { pageRoutes } from "./kit/env.ts";
import { readForm } from "./kit/forms.ts";
import { isLanguage } from "./kit/languages.ts";
import { returnTo } from "./kit/return-to.ts";

/** What the foot of every page offers: the language, for this browser. */
export const choicePages = () =>
  pageRoutes().post("/language", async (c) => {
    const form = await readForm(c);
    const language = form.text("language");
    if (isLanguage(language)) choose(c, languageCookie, language);
    return c.redirect(returnTo(c, form.text("return_to")), 303);
  });
