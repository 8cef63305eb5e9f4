import type { Command } from "commander";
import { z } from "zod";
import { settings } from "../config/index.ts";
import { print } from "./run.ts";

/** `settings`: the table of settings, as it stands in the README. */
export function settingsCommand(program: Command): void {
  program
    .command("settings")
    .description("Print the settings as a Markdown table.")
    .action(() => print(settingsTable()));
}

/** Every setting with its default and what it is for, in the order of the schema. */
export function settingsTable(): string {
  const rows = Object.entries(settings.shape).map(([name, schema]) => {
    const meaning = z.globalRegistry.get(schema)?.description ?? "";
    return `| \`${name}\` | ${byDefault(schema)} | ${meaning} |`;
  });
  return ["| Setting | Default | What it is for |", "| --- | --- | --- |", ...rows].join("\n");
}

function byDefault(schema: z.ZodType): string {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return "";
  if (typeof parsed.data === "boolean") return parsed.data ? "`on`" : "`off`";
  const value = Array.isArray(parsed.data) ? parsed.data.join(",") : JSON.stringify(parsed.data).replaceAll('"', "");
  return value === "" ? "" : `\`${value}\``;
}
