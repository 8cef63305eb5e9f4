import { organization } from "../seed.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-verify-role",
  about: "this service: GET /v1/verify in an organization, by one built-in role, cache off",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    return await serveGatehouse(context, `/v1/verify?org=${organization}`, { VERIFY_CACHE_SIZE: "0" });
  },
  answers: (body) => body.includes('"role":"owner"'),
};

export default subject;
