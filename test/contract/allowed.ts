import { eq } from "drizzle-orm";
import { invitation, user } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Service } from "../harness/app.ts";
import { keyHolder } from "../harness/keys.ts";
import type { Operation } from "./document.ts";
import { makeRows, makeSharedRows, type Rows } from "./world.ts";

/** Somebody who may call the operation, in a new organization, and the rows that it may name. */
export async function allowed(
  service: Service,
  { access }: Operation,
): Promise<{ who: Actor; org: string; rows: Rows }> {
  const { database } = service;
  const a = await service.organization(await service.signUp({ verified: true }));
  await a.join("owner");
  const rows = new Map(await makeRows(service, a));
  if (access.kind === "service")
    return { who: await keyHolder(service, a, [access.permission, "project:read"]), org: a.id, rows };
  if (access.kind === "platform") {
    await database.db.update(user).set({ role: "admin" }).where(eq(user.id, a.owner.userId));
    for (const [table, ids] of await makeSharedRows(service)) rows.set(table, ids);
    // On their own account an administrator is refused whatever its version.
    rows.set("user", rows.get("user")?.filter((id) => id !== a.owner.userId) ?? []);
  } else if (access.kind === "account") {
    // Somebody's own invitation is one to another organization, from somebody who may invite.
    const other = await service.organization();
    const invitations = (await makeRows(service, other)).get("invitation") ?? [];
    rows.set("invitation", invitations);
    const mine = { email: a.owner.email, inviterId: other.owner.userId };
    for (const id of invitations) await database.db.update(invitation).set(mine).where(eq(invitation.id, id));
  }
  return { who: a.owner, org: a.id, rows };
}
