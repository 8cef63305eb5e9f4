import { z } from "zod";
import { addressRange } from "../../../core/address.ts";
import { deviceOf } from "../../../core/user-agent.ts";
import { listPage, type PageQuery } from "../../../core/page.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import { notFound } from "../../../core/problem.ts";
import type { Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { SessionRow } from "../../../directory/sessions.ts";
import { list, timestamp } from "../../../http/schemas.ts";

/** How one recognizes a session. The address isn't in it: who reads this may be looking over somebody's shoulder. */
export const Session = z
  .object({
    id: z.string(),
    current: z.boolean().meta({ description: "Whether this request came with it" }),
    createdAt: timestamp(),
    lastSeenAt: timestamp().meta({ description: "When it was last extended, which its use does once a day" }),
    expiresAt: timestamp(),
    device: z
      .object({
        browser: z.string().nullable().meta({ example: "Firefox" }),
        system: z.string().nullable().meta({ example: "Windows" }),
      })
      .meta({ description: "What its client said that it was when it began; null where it isn't known" }),
    userAgent: z.string().nullable(),
    addressRange: z
      .string()
      .nullable()
      .meta({ description: "The network that it began in: a /24 of IPv4, a /48 of IPv6", example: "192.0.2.0/24" }),
    impersonated: z.boolean().meta({ description: "Whether an administrator acts through it" }),
    method: z.string().nullable().meta({
      description:
        "What opened it: `password`, `emailCode`, `passkey`, `provider:google`, `anonymous`, or the second factor that came after, `totp` or `backupCode`; null where it isn't known",
      example: "password",
    }),
    factors: z.int().meta({ description: "How many factors were proven in it, 1 or 2" }),
    authenticatedAt: timestamp().meta({ description: "When one was last proven in it" }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;
export const SessionList = list(Session, "SessionList");

/** A session as it is handed out with one's own data: whole. */
export const ExportedSession = Session.omit({ current: true, addressRange: true })
  .extend({ ipAddress: z.string().nullable() })
  .meta({ id: "ExportedSession" });

/** A session as it is shown. @param currentId the one that the request came with. */
export const shownSession = (row: SessionRow, currentId: string | null) => ({
  ...row,
  current: row.id === currentId,
  lastSeenAt: row.updatedAt,
  device: deviceOf(row.userAgent ?? ""),
  addressRange: row.ipAddress === null ? null : addressRange(row.ipAddress),
});

/** One page of the person's live sessions, newest first. */
export async function mySessions(
  scope: Scope,
  { listSessions }: Pick<Directory, "listSessions">,
  { id, sessionId }: UserPrincipal,
  query: PageQuery,
): Promise<z.input<typeof SessionList>> {
  const { after, limit, cut } = listPage(scope.cursors, "me:sessions", query);
  const rows = await listSessions(id, { now: scope.now(), after: after?.[0] ?? null, limit });
  const { data, nextCursor } = cut(rows, (row) => [row.id]);
  return { data: data.map((row) => shownSession(row, sessionId)), nextCursor };
}

/** Ends one of the person's own sessions. @throws 404 for any other, 412 for a named version: a session has none. */
export const endSession = (
  scope: Scope,
  { endSessions }: Pick<Directory, "endSessions">,
  userId: string,
  id: string,
): Promise<void> =>
  endSessions(scope, userId, { id }, (count) => {
    if (count === 0) throw notFound();
    return scope.hold({ id }, null);
  });

/** Ends all of the person's sessions but the request's. @throws 412 for a named version. */
export const endOtherSessions = (
  scope: Scope,
  { endSessions }: Pick<Directory, "endSessions">,
  { id, sessionId }: UserPrincipal,
): Promise<void> => endSessions(scope, id, { except: sessionId }, () => scope.hold({ id }, null));
