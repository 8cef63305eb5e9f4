import type { Config } from "../config/index.ts";
import type { Database } from "../db/types.ts";
import { openConfigured } from "../deps.ts";
import { quiet } from "./run.ts";

/** Opens a database other than the configured one, with the settings' limits. Its name is as in DATABASE_URL. */
export const openAt =
  (settings: Config) =>
  (url: string): Promise<Database> => {
    const directUrl = url === settings.database.url ? settings.database.directUrl : undefined;
    return openConfigured({ ...settings, database: { ...settings.database, url, directUrl } }, quiet());
  };
