import { person, serveStock } from "../stock.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "stock-sign-in",
  about: "stock better-auth on Hono: POST /api/auth/sign-in/email with a right password, which scrypt checks",
  database: "plain",
  connections: 4,
  async start(context) {
    const { origin } = await serveStock(context, "stock_sign_in", {});
    const headers = { "content-type": "application/json", origin };
    return { url: `${origin}/api/auth/sign-in/email`, method: "POST", headers, body: JSON.stringify(person) };
  },
  answers: (body) => body.includes(person.email) && body.includes('"token":'),
};

export default subject;
