import { expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { allowed } from "./allowed.ts";
import { undeclared } from "./answers.ts";
import { filled, type Operation, operations } from "./document.ts";
import { allows, type Draft, type Place, placesOf, plainDraft, textOf, valuesFor } from "./fuzz.ts";
import { oneOf, seeded } from "./random.ts";
import { fillings } from "./world.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const json = { "content-type": "application/json" };

/** Who may call the operation, and a request that it accepts. */
type Stage = { who: Actor; draft: Draft };

type Init = Parameters<Actor["request"]>[2] & { query?: string };
type Spoil = (draft: Draft) => Init;

/** The ways of a body to be wrong that no schema says. */
const spoiledBodies: Readonly<Record<string, Spoil>> = {
  "body {": () => ({ headers: json, body: "{" }),
  "an empty body": () => ({ headers: json, body: "" }),
  "body []": () => ({ headers: json, body: "[]" }),
  "body null": () => ({ headers: json, body: "null" }),
  "an unknown field": ({ body }) => ({ headers: json, body: JSON.stringify({ ...(body as object), unheardOf: 1 }) }),
  "text/plain": ({ body }) => ({ headers: { "content-type": "text/plain" }, body: JSON.stringify(body ?? {}) }),
  "as a form": ({ body }) => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(Object.entries(body ?? {}).map(([name, value]) => [name, textOf(value)])).toString(),
  }),
  "1 MiB": () => ({ headers: json, body: " ".repeat(1024 * 1024 + 1) }),
};

/** The ways of any request to be wrong, likewise. */
const spoiled: Readonly<Record<string, Spoil>> = {
  "a credential in the URL": () => ({ query: "token=x" }),
  "a bad Bearer token": () => ({ headers: { authorization: "Bearer x" } }),
  "Basic credentials": () => ({ headers: { authorization: "Basic eDp5" } }),
  "a forged key": () => ({ headers: { "x-api-key": `gh_${"0".repeat(49)}` } }),
  "another origin": () => ({ headers: { origin: "https://evil.example" } }),
  "a forged cookie": () => ({ headers: { cookie: "better-auth.session_token=x.y" } }),
  "another version": () => ({ headers: { "if-match": '"another"' } }),
  "a version without quotes": () => ({ headers: { "if-match": "x, y,," } }),
  "any known version": () => ({ headers: { "if-none-match": "*" } }),
  "a strange Accept": () => ({ headers: { accept: "text/html;q=0", "accept-language": "%%%" } }),
};

/** @param way which of the ways to fill the path it takes. @returns null where there are fewer. */
async function openStage(service: Service, operation: Operation, way: number): Promise<Stage | null> {
  const { who, org, rows } = await allowed(service, operation);
  const values = fillings(operation.path, operation.params, rows)[way];
  return values ? { who, draft: plainDraft(operation, { org, ...values }) } : null;
}

function send({ who }: Stage, { method, path }: Operation, draft: Draft, { query: more, ...init }: Init = {}) {
  const asked = new URLSearchParams(draft.query.map(([name, value]) => [name, value])).toString();
  const query = [asked, more].filter(Boolean).join("&");
  const body = draft.body === undefined ? {} : { body: JSON.stringify(draft.body) };
  const headers = { ...draft.headers, ...(draft.body === undefined ? {} : json), ...init.headers };
  return who.request(method, `${filled(path, draft.path)}${query && "?"}${query}`, { ...body, ...init, headers });
}

/** Which of the ways to fill the path is answered with a success; null where none is. */
async function goodWay(service: Service, operation: Operation): Promise<number | null> {
  for (let way = 0; ; way++) {
    const stage = await openStage(service, operation, way);
    if (stage === null) return null;
    if ((await send(stage, operation, stage.draft)).status < 300) return way;
  }
}

/** What is wrong with the status of an answer to a request in which one value is what the document says it is. */
function misjudged({ in: within, field }: Place, fits: boolean | undefined, answer: Answer): string | null {
  if (fits === undefined) return null;
  if (!fits)
    return /^(400|413|415|422)$/.test(String(answer.status))
      ? null
      : `is refused by the document, but ${answer.status} ${answer.text.slice(0, 200)}`;
  const errors = (answer.body as { errors?: { path: string; message: string }[] } | undefined)?.errors ?? [];
  // Words of zod's own are about types and bounds, which the document has. What it can't say has words of ours.
  const bounds = errors.find(({ path, message }) => path === field && /^(Too|Invalid|Unrecognized)\b/.test(message));
  return bounds ? `is allowed by the document in ${within}, but ${JSON.stringify(bounds)}` : null;
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 80);

/** What is tried in a place. What names a row takes the same way everywhere, so that a few values do for each. */
const tried = ({ in: within, schema }: Place, random: () => number): readonly unknown[] =>
  within === "path" || within === "header"
    ? Array.from({ length: 5 }, () => oneOf(valuesFor(schema), random))
    : valuesFor(schema);

/** Sends what all changes make of a good request, and says what is wrong with the answers. */
async function attempt(service: Service, operation: Operation): Promise<string[]> {
  const faults: string[] = [];
  const random = seeded(seed + operations.indexOf(operation));
  const way = await goodWay(service, operation);
  if (way === null) return ["no request is answered with a success"];
  const again = async (): Promise<Stage> => {
    const opened = await openStage(service, operation, way);
    if (opened === null) throw new Error(`there are fewer rows for ${operation.name} than before`);
    return opened;
  };
  let stage = await again();
  // What succeeds only once.
  const once = operation.method === "DELETE" || (operation.method === "POST" && operation.body === undefined);
  const judged = async (changes: readonly (readonly [Place, unknown])[], [named, spoil]: [string, Spoil?] = [""]) => {
    const what = [...changes.map(([{ name }, value]) => `${name} = ${shown(value)}`), named].filter(Boolean).join(", ");
    const ask = (now: Stage) => {
      const draft = changes.reduce((made, [place, value]) => place.put(made, value), now.draft);
      return send(now, operation, draft, spoil?.(draft));
    };
    let answer = await ask(stage);
    // What went before may have removed the row, renamed it, or changed who is asking.
    if (/^40[134]$/.test(String(answer.status)) && !changes.some(([place]) => place.in === "path") && !spoil) {
      stage = await again();
      answer = await ask(stage);
    }
    const [change, ...others] = changes;
    const single = change && others.length === 0 && !spoil;
    for (const fault of [
      answer.status >= 500 ? `answers ${answer.status} ${answer.text}` : undeclared(operation, answer),
      single ? misjudged(change[0], allows(...change), answer) : null,
    ])
      if (fault !== null) faults.push(`${what} ${fault}`);
    if (answer.status < 300 && once) stage = await again();
  };
  const places = placesOf(operation);
  const spoils = Object.entries(operation.body ? { ...spoiled, ...spoiledBodies } : spoiled);
  await judged([]);
  for (const place of places) for (const value of tried(place, random)) await judged([[place, value]]);
  for (const spoil of spoils) await judged([], spoil);
  for (let n = 0; n < (places.length > 0 ? 30 : 0); n++) {
    const chosen = Array.from({ length: 2 + Math.floor(random() * 3) }, () => oneOf(places, random));
    const changes = chosen.map((place) => [place, oneOf(valuesFor(place.schema), random)] as const);
    await judged(changes, random() < 0.2 ? oneOf(spoils, random) : undefined);
  }
  return faults;
}

test.each(operations.map((operation) => [operation.name, operation] as const))(
  "%s: whatever is sent, the answer is one that the document declares, and by the document's own bounds",
  (_, operation) =>
    inSandbox(async (service) => {
      // FUZZ_SEED repeats a run.
      expect({ seed, faults: await attempt(service, operation) }).toEqual({ seed, faults: [] });
    }),
);
