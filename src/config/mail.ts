import { z } from "zod";

/** How mail is sent. */
export const mailSettings = z.object({
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "must start with smtp:// or smtps://")
    .optional()
    .describe("Mail server; without one, mail is written to `STATE_DIR/mail/`"),
  MAIL_FROM: z.string().default("Gatehouse <no-reply@localhost>").describe("Sender of mail"),
});

export const mailConfig = (env: z.infer<typeof mailSettings>) => ({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM });
