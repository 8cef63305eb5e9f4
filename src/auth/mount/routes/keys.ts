import { z } from "zod";
import { askingOfKeys, ofKey } from "../../guard/access-rules.ts";
import { ApiKey, Success } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

export const keys: Record<string, AuthRoute> = {
  "POST /api-key/create": { disabled: "POST /v1/orgs/{org}/api-keys, which asks for permissions and an owner" },
  "POST /api-key/update": {
    summary: "Change an API key, in better-auth's form",
    answers: ApiKey,
    needs: askingOfKeys("apiKey:update", ofKey),
  },
  "POST /api-key/delete": {
    summary: "Delete an API key, in better-auth's form",
    answers: Success,
    needs: askingOfKeys("apiKey:delete", ofKey),
  },
  "GET /api-key/get": {
    summary: "Read an API key, in better-auth's form",
    answers: ApiKey,
    needs: askingOfKeys("apiKey:read", ofKey),
  },
  "GET /api-key/list": {
    summary: "List an organization's API keys",
    counts: ["limit", "offset"],
    answers: z.object({
      apiKeys: z.array(ApiKey),
      total: z.int(),
      limit: z.int().optional(),
      offset: z.int().optional(),
    }),
    needs: askingOfKeys("apiKey:read", async (_, given) =>
      typeof given.organizationId === "string" ? given.organizationId : null,
    ),
  },
};
