import type { DatabaseName } from "./subject.ts";

/** Fills one of the bench's databases. `plain` stays empty. */
export async function seed(name: DatabaseName, _url: string): Promise<void> {
  if (name === "plain") return;
  throw new Error(`no seed for ${name} yet`);
}
