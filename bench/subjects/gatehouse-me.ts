import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-me",
  about: "this service: GET /v1/me with a session cookie",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    return await serveGatehouse(context, "/v1/me");
  },
  answers: (body) => body.includes("ada@bench.example"),
};

export default subject;
