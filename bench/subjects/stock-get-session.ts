import { answersPerson, serveStock } from "../stock.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "stock-get-session",
  about: "stock better-auth on Hono, no plugins, joins on, no cookie cache: GET /api/auth/get-session",
  database: "plain",
  async start(context) {
    const { origin, cookie } = await serveStock(context, "stock_get_session", {});
    return { url: `${origin}/api/auth/get-session`, headers: { cookie } };
  },
  answers: answersPerson,
};

export default subject;
