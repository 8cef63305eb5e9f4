import { person } from "../seed.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-sign-in",
  about: "this service: POST /api/auth/sign-in/email with a right password, which argon2id checks",
  database: "large",
  connections: 4,
  async start(context) {
    const { origin, serveGatehouse } = await import("../gatehouse.ts");
    // Nobody signs in as often as this: the limits would turn the load away.
    const { url } = await serveGatehouse(context, "/api/auth/sign-in/email", { RATE_LIMIT: "off" });
    const headers = { "content-type": "application/json", origin };
    return { url, method: "POST", headers, body: JSON.stringify(person) };
  },
  answers: (body) => body.includes("ada@bench.example") && body.includes('"token":'),
};

export default subject;
