export { startTrial } from "./subscription.ts";
