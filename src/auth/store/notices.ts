import { sql } from "drizzle-orm";
import { addressRange } from "../../core/address.ts";
import type { AuditAction, Origin } from "../../core/audit.ts";
import type { Language } from "../../core/language.ts";
import { deviceOf } from "../../core/user-agent.ts";
import { asTenant } from "../../db/tenant.ts";
import type { Tx } from "../../db/types.ts";
import { describeMail, type Unsent } from "../../mail/letter.ts";
import type { Post } from "../../mail/outbox.ts";
import type { Pair, Row } from "./pair.ts";

/** Where a change comes from, and when. */
type Circumstances = { origin: Origin; language: Language | null; now: Date };

/** Mails people what they must hear about their account, in the transaction of the change itself. */
export async function notify(tx: Tx, post: Post, action: AuditAction, pair: Pair, at: Circumstances): Promise<void> {
  const letter = await noticeOf(tx, action, pair, at);
  if (letter) await post(tx, { ...letter, language: at.language });
}

async function noticeOf(tx: Tx, action: AuditAction, { before, after }: Pair, at: Circumstances) {
  if (action === "user.updated" && before && after) return ofUser(before, after, at.now);
  if (action === "user.deleted" && before) return describeMail.accountDeleted(String(before["email"]), at.now);
  if (action === "account.updated" && before && after && changesPassword(before, after)) {
    const email = await addressOf(tx, String(after["userId"]));
    return email && describeMail.passwordChanged(email, at.now);
  }
  return action === "session.created" && after ? ofSession(tx, after, at) : null;
}

function ofUser(before: Row, after: Row, now: Date): Unsent | null {
  const [was, is] = [String(before["email"]), String(after["email"])];
  if (was !== is) return describeMail.emailChanged(was, is);
  const on = after["twoFactorEnabled"] === true;
  return (before["twoFactorEnabled"] === true) === on ? null : describeMail.secondFactorChanged(is, on, now);
}

/** A password that is set where there was none is a way in that is new, and no change. */
const changesPassword = (before: Row, after: Row): boolean =>
  typeof before["password"] === "string" && before["password"] !== after["password"];

/** A device that the person's history doesn't know. The first one that it does know is no news. */
async function ofSession(tx: Tx, session: Row, { origin, now }: Circumstances): Promise<Unsent | null> {
  if (session["impersonatedBy"] || origin.ipAddress === null) return null;
  const userId = String(session["userId"]);
  const device = known(origin.userAgent, origin.ipAddress);
  const seen = await asTenant(tx, { "app.user_id": userId }, async () => {
    const { rows } = await tx.execute<{ agent: string | null; address: string }>(
      sql`select user_agent as agent, ip_address as address from audit_event
        where actor_type = 'user' and actor_id = ${userId} and organization_id is null and action = 'session.created'
          and entity_id <> ${session.id} and ip_address is not null
        order by created_at desc limit 200`,
    );
    return new Set(rows.map(({ agent, address }) => JSON.stringify(known(agent, address))));
  });
  if (seen.size === 0 || seen.has(JSON.stringify(device))) return null;
  const email = await addressOf(tx, userId);
  return email ? describeMail.newDevice(email, device, now) : null;
}

const known = (agent: string | null, address: string) => ({
  ...deviceOf(agent ?? ""),
  network: addressRange(address),
});

async function addressOf(tx: Tx, userId: string): Promise<string | null> {
  const { rows } = await tx.execute<{ email: string }>(sql`select email from "user" where id = ${userId}`);
  return rows[0]?.email ?? null;
}
