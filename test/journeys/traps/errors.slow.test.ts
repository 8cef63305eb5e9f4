import { afterAll, beforeAll, expect, test } from "bun:test";
import { openPlace, type Place } from "../../harness/place.ts";
import { type ServiceProcess, startService } from "../../harness/process.ts";
import { password, send, type Visitor, visitor } from "../../harness/visitor.ts";

// better-auth prints a failed statement with its parameters: addresses, tokens, hashes.

let place: Place;
let service: ServiceProcess;
let who: Visitor;

beforeAll(async () => {
  place = await openPlace();
  const first = await startService({ env: { ...place.env } });
  who = await visitor(first.url);
  await who.send("POST", "/v1/orgs", { name: "Acme", slug: "acme" });
  await first.stop();
  await place.database((database) =>
    database.session((connection) =>
      connection.exec(`alter table "account" rename to "account_gone"; alter table "project" rename to "project_gone";
        alter table "verification" rename to "verification_gone";
        create function broken() returns trigger language plpgsql as $$ begin
          if new.name = 'Broken name' then raise exception 'out of order' using errcode = 'XX000'; end if;
          return new;
        end $$;
        create trigger broken before insert on "organization" for each row execute function broken()`),
    ),
  );
  service = await startService({ env: { ...place.env, PORT: String(first.port) } });
});

afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await place?.[Symbol.asyncDispose]();
});

const fresh = "somebody-new@example.com";

test("500, with nothing of SQL or its parameters in the answer or in anything that the process writes", async () => {
  const answers = [
    await send(service.url, "", "POST", "/api/auth/sign-in/email", { email: who.email, password }),
    await send(service.url, "", "POST", "/api/auth/sign-up/email", { email: fresh, name: "Fresh Name", password }),
    await send(service.url, "", "POST", "/api/auth/request-password-reset", { email: who.email, redirectTo: "/" }),
    await who.send("POST", "/api/auth/organization/create", { name: "Broken name", slug: "broken-slug" }),
    await who.send("POST", "/v1/orgs", { name: "Broken name", slug: "broken-slug" }),
    await who.send("GET", "/api/auth/list-accounts"),
    await who.send("GET", "/v1/orgs/acme/projects?q=Searched"),
    await who.send("POST", "/v1/orgs/acme/projects", { name: "Project name" }),
  ];
  await service.stop();
  expect(answers.map(({ status }) => status)).toEqual(Array(answers.length).fill(500));
  for (const { headers, body } of answers) {
    expect(headers.get("x-request-id")).not.toBeNull();
    expect(body).toHaveProperty("code");
  }
  const written = answers.map(({ text }) => text).join("\n") + service.output();
  for (const told of [/\b(select|insert into|update|delete from)\b .*"/i, /\$\d/, /params/i, /account_gone/])
    expect(written).not.toMatch(told);
  for (const value of [
    who.email,
    fresh,
    password,
    "Fresh Name",
    "Broken name",
    "broken-slug",
    "Searched",
    "Project name",
  ])
    expect(written).not.toContain(value);
  expect(service.output()).toContain('"code":"42P01"');
});

test("a sign-up that fails halfway leaves no user behind", () =>
  place.database(async (database) => {
    expect(await database.statement("trap_half", `select 1 from "user" where email = $1`, [fresh])).toEqual([]);
  }));
