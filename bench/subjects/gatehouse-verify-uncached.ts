import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-verify-uncached",
  about: "this service: GET /v1/verify with a session cookie, cache off",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    return await serveGatehouse(context, "/v1/verify", { VERIFY_CACHE_SIZE: "0" });
  },
  answers: (body) => body.includes("ada@bench.example"),
};

export default subject;
