import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-page-sign-in",
  about: "this service: the page to sign in on",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    const { url } = await serveGatehouse(context, "/auth/sign-in");
    return { url };
  },
  answers: (body) => body.includes('autocomplete="current-password"'),
};

export default subject;
