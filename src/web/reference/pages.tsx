/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { html, raw } from "hono/html";
import { notFound } from "../../core/problem.ts";
import type { Language, PageEnv } from "../../http/page.ts";
import { Empty, Search } from "../components/list.tsx";
import { pageRoutes } from "../kit/env.ts";
import { type Frame, show } from "../kit/show.tsx";
import { messages } from "./messages.ts";
import { type Document, readReference, type Reference, type Section } from "./openapi.ts";
import { SectionOf } from "./section.tsx";
import { Prose } from "./schema.tsx";

const Wide: Frame = ({ children }) => (
  <main id="content" class="reading">
    {children}
  </main>
);

/**
 * The reference of the API, from its own document, for everybody. Each section is made once in each language and kept:
 * there are as many as the document has.
 */
export function referencePages() {
  let reading: Promise<Reference> | undefined;
  const made = new Map<string, string>();
  const reference = (c: Context<PageEnv>): Promise<Reference> =>
    (reading ??= c.var.page.api.get<Document>("/openapi.json").then(readReference, (err: unknown) => {
      reading = undefined;
      throw err;
    }));
  const contentOf = async (all: Reference, section: Section, language: Language): Promise<string> => {
    const key = `${language} ${section.slug}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const content: string = await html`${<SectionOf all={all} section={section} t={messages[language]} />}`;
    made.set(key, content);
    return content;
  };
  return pageRoutes()
    .get("/", async (c) => {
      const { sections } = await reference(c);
      return showIndex(c, sections, (c.req.query("q") ?? "").trim().slice(0, 200));
    })
    .get("/:section", async (c) => {
      const all = await reference(c);
      const section = all.sections.find(({ slug }) => slug === c.req.param("section"));
      if (section === undefined) throw notFound();
      const content = await contentOf(all, section, c.var.page.language);
      return show(c, { title: c.var.page.say(messages).titleOf(section.name), frame: Wide }, raw(content));
    });
}

function showIndex(c: Context<PageEnv>, sections: readonly Section[], q: string): Promise<Response> {
  const { page } = c.var;
  const t = page.say(messages);
  const words = q.toLowerCase().split(/\s+/);
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = sections
    .map((section) => ({
      ...section,
      operations: section.operations.filter(({ method, path, summary, description }) =>
        fits(`${section.name} ${method} ${path} ${summary} ${description}`),
      ),
    }))
    .filter(({ operations }) => operations.length > 0);
  return show(
    c,
    { title: t.title, frame: Wide },
    <>
      <h1>{t.title}</h1>
      <p>
        {t.text} <a href="/openapi.json">{t.document}</a>
      </p>
      <Search page={page} q={q} label={t.search} />
      {found.length === 0 ? (
        <Empty title={t.none}>
          <p>
            <a href="/docs">{t.all}</a>
          </p>
        </Empty>
      ) : null}
      {found.map(({ slug, name, description, operations }) => (
        <section>
          <h2 lang="en">
            <a href={`/docs/${slug}`}>{name}</a>
          </h2>
          <p>
            <Prose text={firstSentence(description)} />
          </p>
          <ul>
            {operations.map(({ id, method, path, summary }) => (
              <li>
                <a href={`/docs/${slug}#${id}`} lang="en">
                  {summary}
                </a>{" "}
                <code class="faint">{`${method} ${path}`}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>,
  );
}

const firstSentence = (text: string): string => /^.*?\.(?= |$)/s.exec(text)?.[0] ?? text;
