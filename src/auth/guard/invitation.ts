import { APIError } from "better-auth/api";
import type { Catalogue } from "../../core/access/permission.ts";
import { organizationSelector } from "../../core/principal.ts";
import { currentTransaction } from "../store/auth-call.ts";
import { senderStands } from "./sender.ts";

export const invitationNotFound = () =>
  new APIError("BAD_REQUEST", { code: "INVITATION_NOT_FOUND", message: "Invitation not found" });

/** An invitation that was accepted, rejected or canceled can't be changed. */
export function refuseClosed({ status }: { status: string }): void {
  if (status !== "pending") throw invitationNotFound();
}

/** An invitation can't be accepted after its sender has lost what it takes to send it. */
export async function refuseWorthless(
  catalogue: Catalogue,
  invitation: Parameters<typeof senderStands>[2],
): Promise<void> {
  const tx = currentTransaction();
  if (tx === undefined) throw new Error("invitations are accepted in a transaction");
  if (!(await senderStands(tx, catalogue, invitation))) throw invitationNotFound();
}

export function refuseBadSlug(slug: string | undefined): void {
  if (slug === undefined || organizationSelector(slug)?.by === "slug") return;
  throw new APIError("BAD_REQUEST", {
    code: "INVALID_SLUG",
    message: "A slug has at most 48 of a-z, 0-9 and single hyphens between them, and isn't `current` or a UUID.",
  });
}
