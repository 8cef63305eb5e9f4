import { pageRoutes } from "../../kit/env.ts";
import { invitationList } from "./list.tsx";
import { newInvitation } from "./new.tsx";
import { withdrawInvitation } from "./withdraw.tsx";

/** The pages about who is invited into an organization. */
export const invitationPages = () =>
  pageRoutes().route("/", invitationList()).route("/", newInvitation()).route("/", withdrawInvitation());
