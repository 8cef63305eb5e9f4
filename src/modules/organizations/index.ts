export { provisionOrganization } from "./provision.ts";
