import { afterAll, beforeAll, expect, test } from "bun:test";
import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import { betterAuth } from "better-auth";
import { jwt, organization } from "better-auth/plugins";
import { privateHeaders } from "../../src/auth/options.ts";
import { compose } from "../../src/mail/compose.ts";
import { describeMail } from "../../src/mail/letter.ts";
import type { Mail } from "../../src/mail/mailer.ts";
import * as schema from "../../src/schema.ts";
import { connectedFrom } from "../harness/actor.ts";
import { openService, passwords } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Kept, script, type Step } from "./script.ts";

const origin = "http://localhost:3000";

/** One of the two that are compared: something that answers requests, and what it has told so far. */
type Side = { answer(request: Request): Promise<Response>; jars: Map<string, Map<string, string>>; kept: Kept };

let databases: FreshDatabase[];
let ours: Side;
let stock: Side;
let mails: Mail[];

beforeAll(async () => {
  databases = await Promise.all([freshDatabase(), freshDatabase()]);
  const [first, second] = databases as [FreshDatabase, FreshDatabase];
  const service = await openService({ database: first.database });
  mails = service.mails;
  const { options } = service.deps.auth;
  const plugins = options.plugins.map((plugin) => {
    if (plugin.id === "jwt") return jwt({ ...plugin.options, adapter: {} });
    if (plugin.id !== "organization") return plugin;
    // Asks the service's own transaction, which stock better-auth isn't in.
    const organizationHooks = { ...plugin.options.organizationHooks, beforeAcceptInvitation: async () => {} };
    return organization({ ...plugin.options, organizationHooks });
  });
  // Ours says itself what the schema's guard would refuse; stock deletes an organization's last owner before it.
  await second.database.statement("", `alter table "member" disable trigger member_keep_an_owner`, []);
  const { handler } = betterAuth({
    ...options,
    emailAndPassword: {
      ...options.emailAndPassword,
      password: {
        hash: passwords.hash,
        verify: async (data) => (await passwords.check(data)).right,
      },
    },
    // Ours verifies an address only in a session of its account, as the script does.
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: false,
      async sendVerificationEmail({ user, url }) {
        const letter = { ...describeMail.verifyEmail(user.email, url), language: null };
        mails.push(compose(letter, "en", service.deps.config.brand));
      },
    },
    // The service keeps signing keys in its own database.
    plugins,
    database: drizzleAdapter(second.database.db, { provider: "pg", schema, transaction: true }),
  });
  ours = {
    answer: async (request) => service.app.fetch(request, connectedFrom()),
    jars: new Map(),
    kept: {},
  };
  stock = {
    async answer(request) {
      request.headers.set(privateHeaders.clientAddress, "127.0.0.1");
      const response = await handler(request);
      // Its callbacks queue mail where ours do.
      await service.deps.worker.drain();
      return response;
    },
    jars: new Map(),
    kept: {},
  };
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.dispose()));
});

/** Sends one step to one side, keeps its cookies, and tells what a client sees of the answer. */
async function take(side: Side, step: Step) {
  const [, method, where, sent] = step[1] === "FOLLOW" ? followed(step, side.kept) : step;
  const { as, body, raw, headers = {} } = sent?.(side.kept) ?? {};
  const jar = side.jars.get(as ?? "") ?? new Map<string, string>();
  if (as) side.jars.set(as, jar);
  const request = new Request(new URL(typeof where === "string" ? where : where(side.kept), origin), {
    method,
    headers: {
      origin,
      ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(method === "GET" ? {} : { body: raw ?? (body === undefined ? null : JSON.stringify(body)) }),
  });
  if (headers["origin"] === "") request.headers.delete("origin");
  // Ours tells people what happened, too, in mails without a link.
  const mailed = mails.length;
  const response = await side.answer(request);
  const cookies = response.headers.getSetCookie().map((line) => {
    const [pair = "", ...attributes] = line.split("; ");
    const equals = pair.indexOf("=");
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    if (as && attributes.includes("Max-Age=0")) jar.delete(name);
    else if (as) jar.set(name, value);
    return { name, value: value && "something", attributes };
  });
  const text = await response.text();
  learn(side.kept, response, text, mails.slice(mailed));
  return {
    seen: {
      status: response.status,
      body: withoutChance(text),
      cookies,
      mails: mails.slice(mailed).filter(({ opens }) => opens !== null).length,
    },
    headers: new Map(
      [...response.headers]
        .filter(([name]) => name !== "set-cookie")
        .map(([name, value]) => [name, withoutChance(value)]),
    ),
  };
}

/** What somebody does with a mailed link: stock's is opened, the token of ours is sent. */
function followed([name, , , sent = () => ({})]: Step, kept: Kept): Step {
  const link = kept["link"] ?? "";
  const [, token] = link.split("#");
  if (token === undefined) return [name, "GET", link, sent];
  return [name, "POST", "/api/auth/verify-email", (had) => ({ ...sent(had), body: { token } })];
}

function learn(kept: Kept, response: Response, text: string, mailed: Mail[]): void {
  const link = /https?:\/\/\S+\/verify\S+/.exec(mailed[0]?.text ?? "")?.[0];
  if (link) kept["link"] = link;
  const token = response.headers.get("set-auth-token");
  if (token) kept["token"] = token;
  const body = text.startsWith("{") ? JSON.parse(text) : {};
  if (body.slug === "acme") [kept["org"], kept["owner"]] = [body.id, body.members?.[0]?.id ?? kept["owner"]];
  if (body.status === "pending") kept["invitation"] = body.id;
  if (body.member?.role === "member") kept["member"] = body.member.id;
}

/** Times, ids, tokens and signatures differ on every run. */
const withoutChance = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<jwt>")
    .replaceAll(/[A-Za-z0-9]{32}\.[\w%+/=]{44,}/g, "<signed token>")
    .replaceAll(/"(x|y|kid)":"[\w-]+"/g, '"$1":"<key>"')
    .replaceAll(/"token":"\w{32}"/g, '"token":"<token>"');

/** Ours lets browsers read more headers than better-auth's own. */
const agrees = (name: string, expected: string, given: string | undefined): boolean =>
  name === "access-control-expose-headers"
    ? expected.split(", ").every((header) => given?.split(",").includes(header))
    : expected === given;

test("every answer is stock better-auth's: status, body, cookies and headers", async () => {
  const differences: Record<string, unknown> = {};
  for (const step of script) {
    const expected = await take(stock, step);
    const given = await take(ours, step);
    const headers = [...expected.headers].filter(([name, value]) => !agrees(name, value, given.headers.get(name)));
    if (step[1] === "FOLLOW") continue;
    if (Bun.deepEquals(expected.seen, given.seen) && headers.length === 0) continue;
    const wrong = headers.map(([name]) => [name, given.headers.get(name)]);
    differences[step[0]] = { stock: { ...expected.seen, headers }, ours: { ...given.seen, headers: wrong } };
  }
  expect(differences).toEqual({});
});
