import { hashPassword } from "better-auth/crypto";
import { Client } from "pg";
import { openDatabase } from "../src/db/open.ts";
import { migrate } from "../src/db/migrate.ts";
import * as schema from "../src/schema.ts";
import type { DatabaseName } from "./subject.ts";

/** The one person, who owns the organization that is asked about. */
export const person = { email: "ada@bench.example", password: "correct horse battery staple" };
export const owner = id(1);
export const organization = id(1);
/** Another, which only the subject that asks about it puts that person into. */
export const manyRoles = id(2);
export const projectsEach = 100;

/** Fills one of the bench's databases; `plain` stays empty. */
export async function seed(name: DatabaseName, url: string): Promise<void> {
  if (name === "plain") return;
  const database = await openDatabase({ url, schema });
  await migrate(database);
  await database.close();

  const client = new Client({ connectionString: url });
  await client.connect();
  const organizations = name === "large" ? 1_000 : 1;
  await client.query(
    `insert into "user" (id, name, email, email_verified, created_at, updated_at) values ($1, 'Ada', $2, true, now(), now())`,
    [id(1), person.email],
  );
  await client.query(
    `insert into account (id, account_id, provider_id, user_id, password, created_at, updated_at)
     values ($1, $1, 'credential', $1, $2, now(), now())`,
    [id(1), await hashPassword(person.password)],
  );
  await client.query(
    `insert into organization (id, name, slug, created_at)
     select ${sqlId("n")}, 'Organization ' || n, 'organization-' || n, now() from generate_series(1, $1::int) n`,
    [organizations],
  );
  await client.query(
    `insert into member (id, organization_id, user_id, role, created_at) values ($1, $2, $1, 'owner', now())`,
    [id(1), organization],
  );
  // Round robin over the organizations, as they would grow in life: one's rows never lie side by side.
  await client.query(
    `insert into project (id, organization_id, name, description, owner_id, created_at, updated_at)
     select gen_random_uuid(), ${sqlId("n % $1 + 1")}, 'Project ' || n, 'What project ' || n || ' is about', $3,
            now() - n * interval '1 second', now()
     from generate_series(1, $1::int * $2::int) n`,
    [organizations, projectsEach, id(1)],
  );
  // Vacuumed by hand, so that autovacuum doesn't run during a round.
  await client.query("vacuum analyze");
  await client.end();
}

function id(n: number): string {
  return `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
}

function sqlId(expression: string): string {
  return `'00000000-0000-7000-8000-' || lpad((${expression})::text, 12, '0')`;
}
