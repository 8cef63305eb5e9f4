import type { Context, MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";

/**
 * Asks a person for a recent sign-in, where only what they send makes it necessary. A key never signs in: what it may do
 * was decided by who made it.
 *
 * @throws 403.
 */
export function requireFresh(c: Context<Env>): void {
  const person = c.var.auth.getUser();
  if (person !== null) c.var.gate.requireFresh(person);
}

/** The same for all that a route does. */
export const freshOnly: MiddlewareHandler<Env> = async function freshSignInOnly(c, next) {
  requireFresh(c);
  await next();
};
