export { auditRecorder } from "./record.ts";
