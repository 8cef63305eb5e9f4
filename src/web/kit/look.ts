import type { Context } from "hono";
import type { PageEnv } from "../../http/page.ts";

/** Whether a script asks for a page whose lists it keeps: nobody has used anything. See islands/live.ts. */
export const isLook = (c: Context<PageEnv>): boolean => c.req.header("x-live") !== undefined;
