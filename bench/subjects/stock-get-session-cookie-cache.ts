import { answersPerson, serveStock } from "../stock.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "stock-get-session-cookie-cache",
  about: "the same with better-auth's cookie cache, which believes a cookie for as long as it says",
  database: "plain",
  async start(context) {
    const session = { cookieCache: { enabled: true, maxAge: 3600 } };
    const { origin, cookie } = await serveStock(context, "stock_cookie_cache", { session });
    if (!cookie.includes("session_data")) throw new Error("there is no cookie to be believed");
    return { url: `${origin}/api/auth/get-session`, headers: { cookie } };
  },
  answers: answersPerson,
};

export default subject;
