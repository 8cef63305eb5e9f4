import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { document, type Operation } from "./document.ts";
import { misfits } from "./schema.ts";

/** The headers that the document knows. Others are HTTP's own. */
const known = Object.keys(document.components.headers ?? {});

/**
 * What an answer has that its operation doesn't declare, or lacks although it does: status, media type, body with the
 * problem's code, headers. Null where it is all as declared.
 */
export function undeclared(operation: Operation, answer: Answer): string | null {
  const said = `${answer.status} ${answer.text.slice(0, 300)}`;
  const declared = operation.responses[answer.status] ?? operation.responses[`${Math.floor(answer.status / 100)}XX`];
  if (declared === undefined) return `doesn't declare the status of ${said}`;
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  const schema = declared.content?.[type]?.schema;
  if (declared.content === undefined && answer.text !== "") return `declares no body for ${said}`;
  if (declared.content !== undefined && schema === undefined) return `doesn't declare ${type || "no type"} for ${said}`;
  // better-auth sends some refusals without a body.
  const bare = answer.text === "" && answer.status >= 400 && operation.path.startsWith("/api/auth/");
  const body = /[/+]json$/.test(type) ? answer.body : answer.text;
  const wrong = schema === undefined || bare ? [] : misfits(schema, body);
  if (wrong.length > 0) return `declares another body, ${wrong.join("; ")}: ${said}`;
  const headers = declared.headers ?? {};
  const faults = [
    ...known
      .filter((name) => answer.headers.has(name) && !(name in headers))
      .map((name) => `has ${name}, which it doesn't declare`),
    ...Object.entries(headers)
      .filter(([name, { $ref, required }]) => (required ?? isRequired($ref)) && !answer.headers.has(name))
      .map(([name]) => `lacks ${name}, which it declares`),
  ];
  return faults.length > 0 ? `${faults.join("; ")}: ${said}` : null;
}

/** Sends a request to an operation. @throws where its answer isn't one that the operation declares. */
export async function ask(
  who: Actor,
  operation: Operation,
  path: string,
  init: Parameters<Actor["request"]>[2] = {},
): Promise<Answer> {
  const answer = await who.request(operation.method, path, init);
  const fault = undeclared(operation, answer);
  if (fault !== null) throw new Error(`${operation.name} ${fault}`);
  return answer;
}

const isRequired = (reference = ""): boolean =>
  document.components.headers?.[reference.split("/").at(-1) ?? ""]?.required === true;
