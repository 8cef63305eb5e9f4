import type { Actor } from "./actor.ts";
import type { Service } from "./app.ts";
import { password } from "./people.ts";

export const newAddress = (): string => `new-${Bun.randomUUIDv7()}@example.com`;

/** Asks for a mail to sign in. */
export const ask = ({ anonymous }: Service, email: string, more: object = {}) =>
  anonymous.post("/api/auth/sign-in/magic-link", { email, ...more });

/** Signs in by its link. */
export const follow = (who: Actor, token: string) => who.post("/api/auth/magic-link/verify", { token });

/** What is mailed, to whom, and how its secret is used; each works once. */
export type Link = { to: string; use: (secret: string) => Promise<{ status: number }> };

/** Every kind of link that is mailed; each has the last mail to its address. */
export const links: Record<string, (service: Service) => Promise<Link>> = {
  async "to sign in"(service) {
    const { email } = await service.signUp();
    await ask(service, email);
    return { to: email, use: (token) => follow(service.anonymous, token) };
  },
  async "that verifies an address"(service) {
    const who = await service.signUp();
    await who.post("/api/auth/send-verification-email", { email: who.email });
    return { to: who.email, use: (token) => who.post("/api/auth/verify-email", { token }) };
  },
  async "that confirms a change of the address"(service) {
    const who = await service.signUp({ verified: true });
    await who.post("/api/auth/change-email", { newEmail: newAddress() });
    return { to: who.email, use: (token) => who.post("/api/auth/verify-email", { token }) };
  },
  async "that changes an address"(service) {
    const who = await service.signUp();
    const newEmail = newAddress();
    await who.post("/api/auth/change-email", { newEmail });
    return { to: newEmail, use: (token) => who.post("/api/auth/verify-email", { token }) };
  },
  async "to a new password"(service) {
    const { email } = await service.signUp();
    await service.anonymous.post("/api/auth/request-password-reset", { email });
    const newPassword = "battery horse correct";
    return { to: email, use: (token) => service.anonymous.post("/api/auth/reset-password", { token, newPassword }) };
  },
  async "of an invitation"(service) {
    const { owner, id } = await service.organization();
    const email = newAddress();
    const { body } = await owner.post(`/v1/orgs/${id}/invitations`, { email });
    const invited = { invitationId: (body as { id: string }).id, email, name: "Guest", password };
    return { to: email, use: (secret) => service.anonymous.post("/api/auth/sign-up/invited", { ...invited, secret }) };
  },
};
