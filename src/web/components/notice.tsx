/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";

/** Something that happened: announced to who can't see it. */
export const Notice = ({ kind, children }: { kind: "good" | "bad" | "plain"; children?: Child }) => (
  <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
    {children}
  </div>
);
