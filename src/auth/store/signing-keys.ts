import type { JwtOptions } from "better-auth/plugins/jwt";
import { desc, gt, isNull, or, sql } from "drizzle-orm";
import { advisoryLock } from "../../db/locks.ts";
import type { Database } from "../../db/types.ts";
import { jwks } from "../tables/identity.ts";

type KeyStore = NonNullable<JwtOptions["adapter"]>;
type Key = Awaited<ReturnType<NonNullable<KeyStore["createJwk"]>>>;

/**
 * Keeps the keys that sign JWTs. better-auth makes one where it finds none; of requests that do so at once the first
 * one's key is kept, and the others sign with it.
 */
export const signingKeys = ({ db }: Pick<Database, "db">): KeyStore => ({
  createJwk: (made) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLock.signingKeys})`);
      const [live] = await tx
        .select()
        .from(jwks)
        .where(or(isNull(jwks.expiresAt), gt(jwks.expiresAt, made.createdAt)))
        .orderBy(desc(jwks.createdAt))
        .limit(1);
      const [row] = live
        ? [live]
        : await tx
            .insert(jwks)
            .values({ ...made, id: Bun.randomUUIDv7() })
            .returning();
      return row as Key;
    }),
});
