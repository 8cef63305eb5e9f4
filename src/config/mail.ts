import { z } from "zod";
import { checked, urlFault } from "./kinds.ts";

/** How mail is sent. */
export const mailSettings = z.object({
  SMTP_URL: checked((text) => urlFault(text, ["smtp", "smtps"], "smtp://user:password@host:587"))
    .optional()
    .describe("Mail server; without one, mail is written to `STATE_DIR/mail/`"),
  SMTP_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe("How many mails one process sends at once, over a connection each"),
  MAIL_FROM: z.string().default("Gatehouse <no-reply@localhost>").describe("Sender of mail"),
});

export const mailConfig = (env: z.infer<typeof mailSettings>, stateDirectory: string) => ({
  smtpUrl: env.SMTP_URL,
  connections: env.SMTP_CONNECTIONS,
  from: env.MAIL_FROM,
  /** Where mail is written without a server. */
  directory: `${stateDirectory}/mail`,
});
