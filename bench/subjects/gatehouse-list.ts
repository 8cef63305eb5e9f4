import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-list",
  about: "this service: 20 projects of an organization among 1,000, with 100,000 projects in all",
  database: "large",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    const { organization } = await import("../seed.ts");
    return await serveGatehouse(context, `/v1/orgs/${organization}/projects?limit=20`);
  },
  answers: (body) => (JSON.parse(body) as { data: unknown[] }).data.length === 20,
};

export default subject;
