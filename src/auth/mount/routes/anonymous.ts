import { Success, TokenAndUser } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

export const anonymousRoutes: Record<string, AuthRoute> = {
  "POST /sign-in/anonymous": {
    summary: "Begin a session without an account",
    answers: TokenAndUser,
    open: true,
    method: "anonymous",
    begins: "anonymous",
    atomic: true,
    // Each is a person more in the database.
    limit: { max: 30, window: 3600 },
  },
  "POST /delete-anonymous-user": {
    summary: "Delete yourself, where you have no account",
    answers: Success,
    method: "anonymous",
    oneself: true,
    atomic: true,
    limit: { max: 30, window: 3600 },
  },
};
