export { provisionUser } from "./profile.ts";
