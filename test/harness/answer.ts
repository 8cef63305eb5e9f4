/** An answer, read whole. `body` is the parsed JSON, or undefined where there is none; `path` is what was asked for. */
export type Answer = { status: number; headers: Headers; text: string; body: unknown; path: string };

type Problem = { code?: string; errors?: { path: string }[] };

/** Reads a response whole. @param path that it is about, without its query. */
export async function readAnswer(response: Response, path = ""): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  const json = /[/+]json\b/.test(headers.get("content-type") ?? "") && text !== "";
  return { status, headers, text, body: json ? JSON.parse(text) : undefined, path };
}

/** An answer's status and, where it is a problem, its code. */
export const problemOf = ({ status, body }: Answer): (number | string | undefined)[] => [
  status,
  (body as Problem | undefined)?.code,
];

/** The fields that a 422 names. */
export const fieldsOf = ({ body }: Answer): string[] | undefined =>
  (body as Problem | undefined)?.errors?.map(({ path }) => path);

type Init = { body?: BodyInit; headers?: Record<string, string>; address?: string };
type Send = (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Sends requests: as they are by `request`, with a body as JSON by the others. */
export type Client = {
  request: (method: string, path: string, init?: Init) => Promise<Answer>;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  post: Send;
  put: Send;
  patch: Send;
  delete: Send;
};

/** The verbs over a way to send requests. */
export function clientOf(request: Client["request"]): Client {
  const send =
    (method: string): Send =>
    (path, body, headers = {}) =>
      request(method, path, withJson(body, headers));
  return {
    request,
    get: (path, headers) => request("GET", path, headers ? { headers } : {}),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
  };
}

/** All rows of a list, a page after another: `limit` rows each where it is given. @throws for any answer but a page. */
export async function everyPage<Row>({ get }: Pick<Client, "get">, list: string, limit?: number): Promise<Row[]> {
  const found: Row[] = [];
  const url = new URL(list, "http://service");
  if (limit !== undefined) url.searchParams.set("limit", String(limit));
  for (;;) {
    const { status, text, body } = await get(url.pathname + url.search);
    if (status !== 200) throw new Error(`${list} answered ${status}: ${text}`);
    const { data, nextCursor } = body as { data: Row[]; nextCursor: string | null };
    found.push(...data);
    if (nextCursor === null) return found;
    url.searchParams.set("cursor", nextCursor);
  }
}

/** How many there are of each status. */
export const tally = (found: readonly number[]) =>
  Object.fromEntries([...new Set(found)].map((status) => [status, found.filter((each) => each === status).length]));

/** An id that no row has. */
export const absent = "01990000-0000-7000-8000-000000000000";

/** Headers and body of a request with `body` as JSON; undefined is no body. */
export const withJson = (body: unknown, headers: Record<string, string> = {}) =>
  body === undefined
    ? { headers }
    : { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
