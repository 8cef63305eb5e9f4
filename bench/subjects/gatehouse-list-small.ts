import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-list-small",
  about: "this service: 20 projects of the only organization, with 100 projects in all",
  database: "small",
  async start(context) {
    const { serveGatehouse } = await import("../gatehouse.ts");
    const { organization } = await import("../seed.ts");
    return await serveGatehouse(context, `/v1/orgs/${organization}/projects?limit=20`);
  },
  answers: (body) => (JSON.parse(body) as { data: unknown[] }).data.length === 20,
};

export default subject;
