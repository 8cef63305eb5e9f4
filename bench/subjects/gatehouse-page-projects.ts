import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-page-projects",
  about: "this service: the console's page of the same 20 projects, as HTML",
  database: "large",
  async start(context) {
    const { browsing, serveGatehouse } = await import("../gatehouse.ts");
    const target = await serveGatehouse(context, "/console/organization-1/projects");
    return await browsing(target);
  },
  answers: (body) => body.match(/<td data-label="Name">/g)?.length === 20,
};

export default subject;
