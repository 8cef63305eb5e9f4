import { describe, expect, test } from "bun:test";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { createServiceKey } from "../../../../src/directory/service-keys.ts";
import { connectedFrom } from "../../../harness/actor.ts";
import { inSandbox, type Service } from "../../../harness/app.ts";
import { makeKey } from "../../../harness/keys.ts";

const issuer = new URL("http://localhost:3000");
const path = "/v1/introspect";

/** How the client library reaches the service, which it would otherwise only do by https. */
const over = ({ app }: Service) => ({
  [oauth.allowInsecureRequests]: true,
  [oauth.customFetch]: async (url: string, init: object) => app.fetch(new Request(url, init), connectedFrom()),
});

const discovered = async (service: Service): Promise<oauth.AuthorizationServer> =>
  oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...over(service) }),
  );

/** A client of the whole platform, as the command line makes them. */
const registered = ({ deps }: Service) =>
  createServiceKey(deps, { name: "a service", organizationId: null, permissions: ["token:introspect"] });

async function introspected(service: Service, id: string, authentication: oauth.ClientAuth, token: string) {
  const [server, client] = [await discovered(service), { client_id: id }];
  const answer = await oauth.introspectionRequest(server, client, authentication, token, over(service));
  return oauth.processIntrospectionResponse(server, client, answer);
}

const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) });

describe("an OAuth client", () => {
  test("finds introspection by the metadata, and authenticates by Basic or in the form", () =>
    inSandbox(async (service) => {
      const { id, key } = await registered(service);
      const organization = await service.organization();
      const made = await makeKey(organization, { permissions: ["project:read"] });
      for (const way of [oauth.ClientSecretBasic, oauth.ClientSecretPost])
        expect(await introspected(service, id, way(key), made.key)).toMatchObject({
          active: true,
          sub: made.id,
          scope: "project:read",
          iss: issuer.origin,
        });
      expect(await introspected(service, id, oauth.ClientSecretBasic(key), "garbage")).toMatchObject({ active: false });
    }));

  test("is challenged in the scheme that it used where its secret is wrong", () =>
    inSandbox(async (service) => {
      const { id, key } = await registered(service);
      const wrong = `${key.slice(0, -1)}${key.endsWith("x") ? "y" : "x"}`;
      for (const way of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
        const refused = await introspected(service, id, way(wrong), "t").catch((err: unknown) => err);
        expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
        expect((refused as oauth.WWWAuthenticateChallengeError).cause).toMatchObject([{ scheme: "basic" }]);
      }
    }));

  test("verifies a JWT by the issuer and the keys of the metadata", () =>
    inSandbox(async (service) => {
      const { issuer: named, jwks_uri = "" } = await discovered(service);
      const person = await service.signUp();
      const { token } = (await person.get("/api/auth/token")).body as { token: string };
      const keys = (await service.anonymous.get(new URL(jwks_uri).pathname)).body as JSONWebKeySet;
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: named, algorithms: ["EdDSA"] });
      expect(payload.sub).toBe(person.userId);
    }));
});

describe("GET /.well-known/oauth-authorization-server", () => {
  test("200 with the issuer, the keys, introspection and how to authenticate there; no way to get a token", () =>
    inSandbox(async ({ anonymous }) => {
      const { status, headers, body } = await anonymous.get("/.well-known/oauth-authorization-server");
      expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
      expect(body).toEqual({
        issuer: "http://localhost:3000",
        jwks_uri: "http://localhost:3000/api/auth/jwks",
        introspection_endpoint: "http://localhost:3000/v1/introspect",
        introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "Bearer"],
        response_types_supported: [],
        grant_types_supported: [],
      });
    }));
});

describe("POST /v1/introspect as an OAuth client", () => {
  test("401 invalid_client with the challenge of Basic for whatever isn't a key's id and the key", () =>
    inSandbox(async (service) => {
      const { anonymous } = service;
      const [client, other] = [await registered(service), await registered(service)];
      const organization = await service.organization();
      const made = await makeKey(organization, { permissions: ["token:introspect"] });
      await organization.owner.patch(`/v1/orgs/${organization.id}/api-keys/${made.id}`, { enabled: false });
      const session = /session_token=([^;]+)/.exec(organization.owner.cookie)?.[1] ?? "";
      const refused: [string, { headers?: Record<string, string>; fields?: Record<string, string> }][] = [
        ["nothing", {}],
        ["another client's key", { headers: basic(other.id, client.key) }],
        ["no id", { headers: basic("", client.key) }],
        ["no secret", { headers: basic(client.id, "") }],
        ["a person's session", { headers: basic(client.id, session) }],
        ["a disabled key", { headers: basic(made.id, made.key) }],
        ["no colon", { headers: { authorization: `Basic ${btoa(client.key)}` } }],
        ["no base64", { headers: { authorization: "Basic ~" } }],
        ["half an escape", { headers: basic("%", client.key) }],
        ["a line break", { headers: basic(client.id, `${client.key}\r\nx-api-key: x`) }],
        ["another client's key in the form", { fields: { client_id: other.id, client_secret: client.key } }],
        ["no id in the form", { fields: { client_secret: client.key } }],
        ["no secret in the form", { fields: { client_id: client.id } }],
      ];
      for (const [what, { headers = {}, fields = {} }] of refused) {
        const answer = await anonymous.request("POST", path, { ...form({ token: "t", ...fields }), headers });
        const { error } = answer.body as { error: string };
        const challenge = answer.headers.get("www-authenticate");
        expect([what, answer.status, error]).toEqual([what, 401, "invalid_client"]);
        expect([what, challenge]).toEqual([what, 'Basic realm="gatehouse", charset="UTF-8"']);
      }
      const bearer = await anonymous.request("POST", path, {
        ...form({ token: "t" }),
        headers: { authorization: "Bearer gh_x" },
      });
      expect([bearer.status, bearer.headers.get("www-authenticate")]).toEqual([
        401,
        'Bearer realm="gatehouse", error="invalid_token"',
      ]);
    }));

  test("200 for credentials as they are and encoded like a form's, also after the key was rotated", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made = await makeKey(organization, { permissions: ["token:introspect"] });
      const ask = async (headers: Record<string, string>) =>
        (await service.anonymous.request("POST", path, { ...form({ token: "t" }), headers })).status;
      const encoded = (text: string) => text.replaceAll("-", "%2D").replaceAll("_", "%5f");
      expect(await ask(basic(made.id, made.key))).toBe(200);
      expect(await ask(basic(encoded(made.id), encoded(made.key)))).toBe(200);
      const keys = `/v1/orgs/${organization.id}/api-keys/${made.id}`;
      const { key } = (await organization.owner.post(`${keys}/rotate`, {})).body as { key: string };
      expect([await ask(basic(made.id, key)), await ask(basic(made.id, made.key))]).toEqual([200, 401]);
    }));

  test("400 invalid_request without a token, for one sent twice, and for two ways to authenticate", () =>
    inSandbox(async (service) => {
      const { id, key } = await registered(service);
      const headers = basic(id, key);
      const type = { "content-type": "application/x-www-form-urlencoded" };
      const posted = { client_id: id, client_secret: key };
      for (const [body, how] of [
        ["", headers],
        ["token_type_hint=access_token", headers],
        ["token=", headers],
        ["token=a&token=b", headers],
        [`token=t&client_secret=${key}&client_secret=${key}&client_id=${id}`, {}],
        [new URLSearchParams({ token: "t", ...posted }).toString(), headers],
        [new URLSearchParams({ token: "t", ...posted }).toString(), { authorization: `Bearer ${key}` }],
      ] as const) {
        const answer = await service.anonymous.request("POST", path, { body, headers: { ...type, ...how } });
        expect([body, answer.status, answer.body]).toEqual([
          body,
          400,
          { error: "invalid_request", error_description: expect.stringMatching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/) },
        ]);
      }
      const other = await registered(service);
      const conflict = { ...headers, "x-api-key": other.key };
      const two = await service.anonymous.request("POST", path, { ...form({ token: "t" }), headers: conflict });
      expect([two.status, (two.body as { error: string }).error]).toEqual([400, "invalid_request"]);
    }));

  test("403 insufficient_scope for a key that may not introspect", () =>
    inSandbox(async (service) => {
      const { id, key } = await makeKey(await service.organization(), { permissions: ["project:read"] });
      const answer = await service.anonymous.request("POST", path, {
        ...form({ token: "t" }),
        headers: basic(id, key),
      });
      expect([answer.status, (answer.body as { error: string }).error]).toEqual([403, "insufficient_scope"]);
    }));

  test("429 for an address that guesses secrets, in the header or in the form; a good client passes", () =>
    inSandbox(
      async (service) => {
        const { id, key } = await registered(service);
        const guess = (n: number) =>
          n % 2 === 0
            ? service.anonymous.request("POST", path, { ...form({ token: "t" }), headers: basic(id, `gh_${n}`) })
            : service.anonymous.request("POST", path, form({ token: "t", client_id: id, client_secret: `gh_${n}` }));
        for (let n = 0; n < 100; n++) expect((await guess(n)).status).toBe(401);
        for (const n of [100, 101]) {
          const { status, headers, body } = await guess(n);
          expect([status, headers.get("www-authenticate"), body]).toMatchObject([
            429,
            null,
            { error: "temporarily_unavailable" },
          ]);
        }
        const good = await service.anonymous.request("POST", path, {
          ...form({ token: "t" }),
          headers: basic(id, key),
        });
        expect(good.status).toBe(200);
      },
      { env: { RATE_LIMIT: "on" } },
    ));
});

test("no ETag on what is no resource: introspection and decisions", () =>
  inSandbox(async (service) => {
    const { id, key } = await registered(service);
    const asked = await service.anonymous.request("POST", path, { ...form({ token: "t" }), headers: basic(id, key) });
    const decided = await (await service.as("owner")).post("/v1/authorize", { permission: "member:read" });
    for (const { status, headers } of [asked, decided])
      expect([status, headers.has("etag"), headers.get("cache-control")]).toEqual([200, false, "no-store"]);
  }));
