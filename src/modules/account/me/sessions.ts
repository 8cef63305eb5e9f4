import { z } from "zod";
import { listPage, type PageQuery } from "../../../core/page.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import { notFound } from "../../../core/problem.ts";
import type { Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import { list, timestamp } from "../../../http/schemas.ts";

export const Session = z
  .object({
    id: z.string(),
    current: z.boolean().meta({ description: "Whether this request came with it" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    expiresAt: timestamp(),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    impersonated: z.boolean().meta({ description: "Whether an administrator acts through it" }),
  })
  .meta({ id: "Session" });
export const SessionList = list(Session, "SessionList");

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
  return { data: data.map((row) => ({ ...row, current: row.id === sessionId })), nextCursor };
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
