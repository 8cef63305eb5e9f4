import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import { inSandbox } from "../harness/app.ts";
import { authRequests, fieldsOf, openStage, type Schema, sendTo } from "./auth-requests.ts";

type Endpoint = {
  path?: string;
  options?: {
    method?: string | string[];
    metadata?: { SERVER_ONLY?: boolean; allowedMediaTypes?: string[] };
    query?: Schema;
    body?: { shape?: object; def?: { left?: { shape?: object } } };
  };
};

/** Every route that better-auth's router serves, with its plugins', by method and path. */
const endpointsOf = (api: object): [key: string, endpoint: Endpoint][] =>
  Object.values(api as Record<string, Endpoint>)
    .filter(({ path, options }) => path !== undefined && !options?.metadata?.SERVER_ONLY)
    .flatMap((endpoint) =>
      [endpoint.options?.method ?? []]
        .flat()
        .map((method): [string, Endpoint] => [`${method} ${endpoint.path}`, endpoint]),
    );

describe("the table of better-auth's routes", () => {
  test("holds every route of better-auth and its plugins, and none besides", () =>
    inSandbox(async ({ deps }) => {
      const served = endpointsOf(deps.auth.api).map(([key]) => key);
      expect(Object.keys(authRoutes).toSorted()).toEqual(served.toSorted());
    }));

  test("says of each route that takes a password that it hashes", () =>
    inSandbox(async ({ deps }) => {
      const taking = endpointsOf(deps.auth.api).filter(([, { options }]) =>
        JSON.stringify(Object.keys(options?.body?.shape ?? {})).includes("assword"),
      );
      const hashing = Object.keys(authRoutes).filter((key) => authRoutes[key]?.hashes);
      // Sign-up's body has no fixed shape.
      const open = taking.map(([key]) => key).filter((key) => authRoutes[key]?.disabled === undefined);
      expect([...open, "POST /sign-up/email"].toSorted()).toEqual(hashing.toSorted());
    }));

  test("lets a form only where better-auth takes one", () =>
    inSandbox(async ({ deps }) => {
      const taking = endpointsOf(deps.auth.api)
        .filter(([key, { options }]) => key.startsWith("POST") && options?.metadata?.allowedMediaTypes)
        .map(([key]) => key);
      expect(Object.keys(authRoutes).filter((key) => authRoutes[key]?.form)).toEqual(expect.arrayContaining(taking));
      expect(taking).toHaveLength(Object.values(authRoutes).filter(({ form }) => form).length);
    }));

  test("says which parameters of a query are numbers: 400 for what is none", () =>
    inSandbox(async (service) => {
      const numeric = (name: string) => /limit|offset/i.test(name);
      const taking = endpointsOf(service.deps.auth.api).flatMap(([key, { options }]) => {
        const names = Object.keys(fieldsOf(options?.query)).filter(numeric);
        return names.length > 0 ? [[key, names] as const] : [];
      });
      expect(taking.length).toBeGreaterThan(3);
      for (const [key, names] of taking) expect([key, authRoutes[key]?.counts]).toEqual([key, names]);
      const stage = await openStage(service);
      for (const [key, names] of taking) {
        const request = await authRequests[key]!(stage);
        const asked = async (name: string, value: string) => {
          const query = new URLSearchParams(request.query);
          query.set(name, value);
          return (await sendTo(key, { ...request, query: `?${query}` })).status;
        };
        for (const name of names) {
          expect([key, name, await asked(name, "1")]).toEqual([key, name, 200]);
          for (const value of ["x", "", "-1", "1.5", "1e3", "NaN", "Infinity", "99999999999", " 1"])
            expect([key, name, value, await asked(name, value)]).toEqual([key, name, value, 400]);
        }
      }
    }));

  test("says of each route that begins a session by one factor that it does", () =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const beginning: string[] = [];
      for (const [key, prepare] of Object.entries(authRequests)) {
        const request = await prepare(stage);
        const { headers } = await sendTo(key, request);
        const begun =
          !request.who.cookie.includes("session_token") && /session_token=[^;]/.test(headers.getSetCookie().join("\n"));
        if (begun) beginning.push(key);
      }
      // Somebody new has no second factor yet, and who gives it has passed both.
      const others = /^POST \/(sign-up|two-factor)\//;
      const saying = Object.keys(authRoutes).filter(
        (key) => authRoutes[key]?.begins && authRequests[key] && !others.test(key),
      );
      expect(beginning.filter((key) => !others.test(key)).toSorted()).toEqual(saying.toSorted());
      expect(saying).toContain("POST /sign-in/email");
    }));

  test("404 for what isn't in it, and for another spelling of what is", () =>
    inSandbox(async ({ anonymous, signUp }) => {
      const somebody = await signUp();
      const paths = [
        "/nothing",
        "/sign-out/",
        "//sign-out",
        "/Sign-Out",
        "/sign%2Dout",
        "/sign-out;x",
        "/callback/:id",
      ];
      for (const path of paths) {
        expect((await somebody.post(`/api/auth${path}`, {})).status).toBe(404);
        expect((await anonymous.get(`/api/auth${path}`)).status).toBe(404);
      }
      for (const method of ["PUT", "PATCH", "DELETE", "HEAD"])
        expect([method, (await somebody.request(method, "/api/auth/get-session")).status]).toEqual([method, 404]);
      expect((await somebody.get("/api/auth/get-session")).body).toMatchObject({ user: { id: somebody.userId } });
    }));
});
