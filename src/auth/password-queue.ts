import { basePath } from "./auth.ts";
import type { AuthHandler } from "./handler.ts";

/** better-auth's routes that hash a password, as they stand behind its base path. */
export const hashingRoutes: ReadonlySet<string> = new Set([
  "/sign-in/email",
  "/sign-up/email",
  "/reset-password",
  "/change-password",
  "/verify-password",
  "/delete-user",
  "/admin/create-user",
  "/admin/set-user-password",
]);

/**
 * Lets only so many requests that hash a password go on at once, first come first served. Waiting ones hold nothing:
 * some of these routes hash inside a transaction, and a flood of them would keep every connection from everyone.
 *
 * @param bounds.atOnce under way at once; `bounds.waiting` more may wait, and others are answered 503.
 */
export function queuedHandler(handler: AuthHandler, bounds: { atOnce: number; waiting: number }): AuthHandler {
  const queue: (() => void)[] = [];
  let underWay = 0;
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else underWay--;
  };
  return async (request, client) => {
    if (request.method !== "POST" || !hashingRoutes.has(new URL(request.url).pathname.slice(basePath.length)))
      return handler(request, client);
    // Asked for now: a signal that is first looked at after its client has gone says nothing of it.
    const { signal } = request;
    if (underWay < bounds.atOnce) underWay++;
    else if (queue.length >= bounds.waiting) return overloaded();
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      // Whoever has hung up meanwhile is not worth a hash.
      return signal.aborted ? overloaded() : await handler(request, client);
    } finally {
      leave();
    }
  };
}

const overloaded = (): Response =>
  Response.json(
    { message: "Too many people are signing in. Try again in a moment.", code: "OVERLOADED" },
    { status: 503, headers: { "cache-control": "no-store", "retry-after": "5" } },
  );
