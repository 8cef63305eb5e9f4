import { answersKey, serveWithKeys } from "../keys.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-key-quota-hot",
  about: "this service: GET /v1/verify with one API key with a quota, on all connections",
  database: "large",
  start: (context) => serveWithKeys(context, { count: 1, quota: true }),
  answers: answersKey(true),
};

export default subject;
