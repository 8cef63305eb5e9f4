import { answersKey, serveWithKeys } from "../keys.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-key-quota-1000",
  about: "this service: GET /v1/verify with 1,000 API keys with a quota, in turns: each use is counted in PostgreSQL",
  database: "large",
  start: (context) => serveWithKeys(context, { count: 1_000, quota: true }),
  answers: answersKey(true),
};

export default subject;
