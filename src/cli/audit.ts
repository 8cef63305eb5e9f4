import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { openSecret } from "../config/secret.ts";
import { organizationSelector } from "../core/principal.ts";
import type { Database } from "../db/types.ts";
import { findOrganization } from "../directory/organizations.ts";
import { currentHead, differsFrom, type Head, type HeadKey, headKey } from "../history/head.ts";
import { openPlace } from "../history/place.ts";
import { headName } from "../history/publish.ts";
import { sealAll } from "../history/seal.ts";
import { type Fault, verifyHistory } from "../history/verify.ts";
import { allAuditEvents, type Format, formats, written } from "../modules/platform/audit-events/index.ts";
import { exits, exitWith, note, print, printText, Refusal, withDatabase } from "./run.ts";

const eventsPerNote = 100_000;

/** `audit …`: the history and its seals. */
export function auditCommands(program: Command): void {
  const audit = program.command("audit").description("The history: whether it is whole, and where it stands.");

  audit
    .command("verify")
    .description(
      `Compare every event with its seal, and name the first that was changed, removed or inserted past the service. Exits with ${exits.unfinished} where one was. The service may go on meanwhile.`,
    )
    .option("--org <id or slug>", "the history of one organization alone, also of one that is gone, by its id")
    .option("--head <file>", "also hold it to this signed head, as `audit head` made it: finds an end that was cut off")
    .action((options: { org?: string; head?: string }) =>
      withDatabase(async (database, config) => {
        const head = options.head === undefined ? null : await headFrom(options.head, headKey(openSecret(config)));
        const chain = options.org === undefined ? undefined : await chainOf(database, options.org);
        let noted = 0;
        const progress = (events: number): void => {
          if (events - noted < eventsPerNote) return;
          noted = events;
          note(`${events} events`);
        };
        const { fault, ...verified } = await verifyHistory(database, { chain, progress });
        const differs = head && (await differsFrom(database, head));
        if (!fault && !differs)
          return print(
            `whole: ${verified.sealed} events in ${verified.batches} batches, ${verified.unsealed} not sealed yet`,
          );
        print(fault ? words(fault) : `broken: ${differs}`);
        exitWith(exits.unfinished);
      }),
    );

  audit
    .command("head")
    .description(
      "Seal what waits, and print the signed head of the history: a line to keep where nobody here can write.",
    )
    .option("--to <place>", "write it to a file of its own in a directory or s3://bucket/prefix instead")
    .action((options: { to?: string }) =>
      withDatabase(async (database, config) => {
        const clock = () => new Date();
        await sealAll({ database, clock });
        const head = await currentHead(database, config.server.baseUrl);
        if (!head) throw new Refusal("the history is empty: there is nothing to sign yet");
        const signed = headKey(openSecret(config)).sign(head);
        if (options.to === undefined) return print(signed);
        await openPlace(options.to).write(headName(head), `${signed}\n`);
        print(headName(head));
      }),
    );

  audit
    .command("export")
    .description("Print all events of an organization, or those of none, oldest first.")
    .option("--org <id or slug>", "of this organization, also of one that is gone, by its id")
    .addOption(new Option("--format <format>", "a JSON line each, or CSV").choices(formats).default("ndjson"))
    .action((options: { org?: string; format: Format }) =>
      withDatabase(async (database) => {
        const organizationId = options.org === undefined ? null : await chainOf(database, options.org);
        const bounds = { "app.organization_id": organizationId ?? "", "app.platform_role": "admin" } as const;
        const events = allAuditEvents({ db: database.scoped(bounds) }, organizationId, {});
        for await (const text of written(events, options.format)) await printText(text);
      }),
    );

  audit
    .command("key")
    .description("Print the public key that heads are verified by, as a JWK. It changes with AUTH_SECRET.")
    .action(() => withDatabase(async (_, config) => print(JSON.stringify(headKey(openSecret(config)).jwk))));
}

async function headFrom(file: string, key: HeadKey): Promise<Head> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new Refusal(`${file} can't be read`);
  });
  const head = text.length > 4096 ? null : key.open(text);
  if (!head)
    throw new Refusal(
      `${file} isn't a head that this service signed: it is another's, was changed, or AUTH_SECRET was`,
    );
  return head;
}

/** The chain of an organization that is there, or that has a history. */
async function chainOf(database: Database, named: string): Promise<string> {
  const selector = organizationSelector(named);
  const found = selector && (await findOrganization({ database }, selector));
  if (found) return found.id;
  const [gone] = await database.statement("audit_chain", "select from audit_seal where chain = $1 limit 1", [named]);
  if (!gone) throw new Refusal(`there is no organization ${named}, and no history of one`);
  return named;
}

const words = ({ kind, organizationId, eventId, detail }: Fault): string =>
  [
    `broken: ${detail}`,
    eventId && `event ${eventId}`,
    eventId && (organizationId ? `organization ${organizationId}` : "of no organization"),
    !eventId && organizationId && `organization ${organizationId}`,
    kind === "seal" && "the events that it covers can't be trusted",
  ]
    .filter(Boolean)
    .join(", ");
