import type { Actor } from "./actor.ts";
import type { Service } from "./app.ts";
import { cookieOf } from "./cookies.ts";
import { holding } from "./two-factor.ts";

/** Somebody new who has a session and no account. */
export async function withoutAccount(service: Service): Promise<Actor> {
  const answer = await service.anonymous.post("/api/auth/sign-in/anonymous");
  const { user } = answer.body as { user: { id: string; email: string } };
  return { ...holding(service, cookieOf(answer.headers)), userId: user.id, email: user.email };
}
