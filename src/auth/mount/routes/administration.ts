import { z } from "zod";
import { Allowed, OneUser, Session, SessionAndUser, Status, Success, User } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

export const administration: Record<string, AuthRoute> = {
  "POST /admin/create-user": {
    summary: "Create a user",
    answers: OneUser,
    oneself: true,
    fresh: true,
    hashes: true,
    sets: "body",
  },
  "POST /admin/set-user-password": {
    summary: "Set a user's password",
    answers: Status,
    oneself: true,
    fresh: true,
    hashes: true,
    sets: "userId",
  },
  "POST /admin/remove-user": {
    summary: "Delete a user, in better-auth's form",
    answers: Success,
    oneself: true,
    fresh: true,
    atomic: true,
  },
  "GET /admin/get-user": { summary: "Read a user, in better-auth's form", answers: User, oneself: true },
  "GET /admin/list-users": {
    summary: "List and search users",
    answers: z.object({ users: z.array(User), total: z.int(), limit: z.int().optional(), offset: z.int().optional() }),
    counts: ["limit", "offset"],
    oneself: true,
  },
  "POST /admin/update-user": { summary: "Change a user's fields", answers: User, oneself: true, fresh: true },
  "POST /admin/set-role": { summary: "Set a user's platform role", answers: OneUser, oneself: true, fresh: true },
  "POST /admin/ban-user": {
    summary: "Ban a user, in better-auth's form",
    answers: OneUser,
    oneself: true,
    fresh: true,
    atomic: true,
  },
  "POST /admin/unban-user": {
    summary: "Lift a user's ban, in better-auth's form",
    answers: OneUser,
    oneself: true,
    fresh: true,
  },
  "POST /admin/list-user-sessions": {
    summary: "List a user's sessions",
    answers: z.object({ sessions: z.array(Session) }),
    oneself: true,
  },
  "POST /admin/revoke-user-session": {
    summary: "End one of a user's sessions by its token",
    answers: Success,
    oneself: true,
    fresh: true,
  },
  "POST /admin/revoke-user-sessions": {
    summary: "End all of a user's sessions, in better-auth's form",
    answers: Success,
    oneself: true,
    fresh: true,
  },
  "POST /admin/impersonate-user": {
    summary: "Act as a user, in better-auth's form",
    answers: SessionAndUser,
    oneself: true,
    fresh: true,
  },
  "POST /admin/stop-impersonating": { summary: "Stop acting as a user", answers: SessionAndUser, atomic: true },
  "POST /admin/has-permission": { summary: "Ask what a platform role may do", answers: Allowed, oneself: true },
};
