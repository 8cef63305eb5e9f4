/** @jsxImportSource hono/jsx */
import { curlOf } from "./example.ts";
import type { messages } from "./messages.ts";
import type { Operation, Reference, Section } from "./openapi.ts";
import { Fields, kindOf, Prose } from "./schema.tsx";

type Words = (typeof messages)["en"];

/** A section of the reference: each of its operations, whole. */
export const SectionOf = ({ all, section, t }: { all: Reference; section: Section; t: Words }) => (
  <>
    <p>
      <a href="/docs">{t.back}</a>
    </p>
    <h1 lang="en">{section.name}</h1>
    <p>
      <Prose text={section.description} />
    </p>
    {section.operations.map((operation) => (
      <OperationOf all={all} operation={operation} t={t} />
    ))}
  </>
);

function OperationOf({ all, operation, t }: { all: Reference; operation: Operation; t: Words }) {
  const { id, method, path, summary, description, parameters, body, answers } = operation;
  const { resolve } = all;
  return (
    <section id={id}>
      <h2 lang="en">{summary}</h2>
      <p>
        <code>{`${method} ${path}`}</code>
      </p>
      <p>
        <Prose text={description} />
      </p>
      <pre class="curl">{curlOf(all, operation)}</pre>
      {parameters.length === 0 ? null : (
        <details>
          <summary>{t.parameters}</summary>
          <ul>
            {parameters.map((parameter) => (
              <li>
                <code>{parameter.name}</code> <code class="faint">{parameter.in}</code>{" "}
                <code class="faint">{kindOf(resolve, parameter.schema ?? {})}</code>
                {parameter.required ? <span class="faint"> {t.required}</span> : null}{" "}
                <Prose text={parameter.description ?? ""} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {body === undefined ? null : (
        <details>
          <summary>{t.body}</summary>
          <Fields resolve={resolve} schema={body} required={t.required} />
        </details>
      )}
      <details>
        <summary>{t.answers}</summary>
        <ul>
          {answers.map(({ status, description, content }) => {
            const schema = status < "400" ? content?.["application/json"]?.schema : undefined;
            return (
              <li>
                <code>{status}</code> <Prose text={description} />
                {schema === undefined ? null : <Fields resolve={resolve} schema={schema} required={t.required} />}
              </li>
            );
          })}
        </ul>
      </details>
    </section>
  );
}
