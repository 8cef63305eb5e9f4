import { answersKey, serveWithKeys } from "../keys.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-key",
  about: "this service: GET /v1/verify with an API key without counters, cached, in X-API-Key",
  database: "large",
  start: (context) => serveWithKeys(context, { count: 1, quota: false }),
  answers: answersKey(false),
};

export default subject;
