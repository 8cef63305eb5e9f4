import { person } from "../seed.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-verify-sign-in",
  about: "the same as gatehouse-verify, while 32 connections sign in with a password, each again once it is in",
  database: "large",
  async start(context) {
    const { origin, serveGatehouse } = await import("../gatehouse.ts");
    // Nobody signs in as often as this: the limits would turn the load away.
    const target = await serveGatehouse(context, "/v1/verify", { RATE_LIMIT: "off" });
    const signIn = {
      url: new URL("/api/auth/sign-in/email", target.url).href,
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify(person),
    };
    return { ...target, beside: { ...signIn, connections: 32 } };
  },
  answers: (body) => body.includes("ada@bench.example"),
};

export default subject;
