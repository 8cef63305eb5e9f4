import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../harness/app.ts";

const password = "correct horse battery";
const limited = { env: { RATE_LIMIT: "on" } };

// Each is JSON or a form to one reader of such headers, and something else to another.
const misleading = [
  "application/json; a=x-www-form-urlencoded",
  "application/x-www-form-urlencoded; a=application/json",
  "application/json, application/x-www-form-urlencoded",
  "application/json;charset=utf-16",
  "application/vnd.api+json",
  "application/jsonx",
  "text/plain; application/json",
  "multipart/form-data; boundary=application/json",
];

describe("the media type of a body", () => {
  test("415 for any but JSON and, where a form is taken, a form: before anything is counted, hashed or mailed", () =>
    inSandbox(async (service) => {
      const { owner, id } = await service.organization();
      const routes: [string, object][] = [
        ["/sign-in/email", { email: owner.email, password }],
        ["/sign-up/email", { email: "new@example.com", password, name: "New" }],
        ["/organization/invite-member", { email: "guest@example.com", role: "member", organizationId: id }],
        ["/request-password-reset", { email: owner.email, redirectTo: "/" }],
        ["/sign-out", {}],
      ];
      const mails = service.mails.length;
      for (const [path, body] of routes) {
        for (const type of misleading) {
          const headers = { "content-type": type };
          const answer = await owner.request("POST", `/api/auth${path}`, { body: JSON.stringify(body), headers });
          expect([path, type, answer.status]).toEqual([path, type, 415]);
          expect(answer.body).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
        }
      }
      expect(service.mails).toHaveLength(mails);
      expect((await owner.get("/v1/me")).status).toBe(200);
    }, limited));

  test("429 for wrong passwords in a form, after as many as in JSON", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      const found: number[] = [];
      for (let n = 0; n < 12; n++) {
        const json = n % 2 === 0;
        const body = json
          ? JSON.stringify({ email, password: "a wrong one" })
          : `email=decoy%40example.com&email=${encodeURIComponent(email)}&password=a+wrong+one`;
        const headers = {
          "content-type": json ? "Application/JSON; charset=UTF-8" : "application/x-www-form-urlencoded",
        };
        found.push((await service.anonymous.request("POST", "/api/auth/sign-in/email", { body, headers })).status);
      }
      expect(found).toEqual([...Array(10).fill(401), 429, 429]);
    }, limited));

  test("a body is read once: what is judged is what better-auth gets, also where a field is given twice", () =>
    inSandbox(async (service) => {
      const [victim, known] = [await service.signUp(), await service.signUp()];
      const body = `{"email":${JSON.stringify(victim.email)},"email":${JSON.stringify(known.email)},"password":${JSON.stringify(password)}}`;
      const headers = { "content-type": "application/json" };
      const answer = await service.anonymous.request("POST", "/api/auth/sign-in/email", { body, headers });
      expect(answer.body).toMatchObject({ user: { id: known.userId } });
    }, limited));
});
