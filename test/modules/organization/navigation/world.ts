import type { Actor } from "../../../harness/actor.ts";
import type { Answer } from "../../../harness/answer.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";
import { modules } from "../../../harness/modules.ts";

/** A sandbox whose application has the optional module `chat` and the premium one `forecast`. */
export const inOurs = (test: (service: Service) => Promise<void>) => inSandbox(test, { modules });

/** Creates something and returns its id. */
export async function make(who: Actor, path: string, body: object): Promise<string> {
  const answer = await who.post(path, body);
  if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return (answer.body as { id: string }).id;
}

type Node = { id: string; label: string; url: string | null; children: Node[] };
export type Shown = { items: Node[]; entryPoint: { id: string; url: string } | null };

export const shown = ({ body }: Answer): Shown => body as Shown;

/** The tree as its labels: `a(b,c(d))`. */
export const outline = (items: readonly Node[]): string =>
  items.map(({ label, children }) => label + (children.length > 0 ? `(${outline(children)})` : "")).join(",");

/** Status, code and the fields that are named. */
export const refusal = ({ status, body }: Answer): unknown[] => {
  const { code, errors = [] } = (body ?? {}) as { code?: string; errors?: { path: string }[] };
  return [status, code, ...errors.map(({ path }) => path)];
};
