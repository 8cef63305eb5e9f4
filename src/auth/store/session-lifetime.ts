import type { DBAdapter } from "@better-auth/core/db/adapter";

type Session = { createdAt: Date; expiresAt: Date };

/**
 * Ends a session some time after its sign-in, however much it is used (OWASP ASVS 5.0, 7.3.2): what extends it goes no
 * further. What would change nothing but when it was seen writes nothing then.
 */
export const withLifetime =
  (seconds: number) =>
  (adapter: DBAdapter): DBAdapter => ({
    ...adapter,
    update: async (data) => {
      const { expiresAt, updatedAt: _, ...rest } = data.update;
      if (data.model !== "session" || !(expiresAt instanceof Date)) return adapter.update(data);
      const session = await adapter.findOne<Session>({ model: "session", where: data.where });
      if (session === null) return null;
      const end = new Date(session.createdAt.getTime() + seconds * 1000);
      if (expiresAt <= end) return adapter.update(data);
      if (session.expiresAt >= end && Object.keys(rest).length === 0) return session as never;
      return adapter.update({ ...data, update: { ...data.update, expiresAt: end } });
    },
  });
