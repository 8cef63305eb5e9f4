import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-verify",
  about: "this service: GET /v1/verify with a session cookie, cached",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    return await serveGatehouse(context, "/v1/verify");
  },
  answers: (body) => body.includes("ada@bench.example"),
};

export default subject;
