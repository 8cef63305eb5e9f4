import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { eq } from "drizzle-orm";
import { session } from "../../src/schema.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { password } from "../harness/people.ts";

const address = "203.0.113.9";

type Ask = (line: string, headers?: string[], body?: string) => Promise<{ status: number; body: unknown }>;

/** Runs over the service behind a real server, to which anything can be sent. */
const served = (run: (ask: Ask, service: Service) => Promise<void>): Promise<void> =>
  inSandbox(async (service) => {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      // As the runtime does: the address is known of the request that came, and of no copy.
      fetch: (request) =>
        service.app.fetch(request, { addressOf: (asked) => (asked === request ? address : "unknown") }),
    });
    const ask: Ask = async (line, headers = [], sent = "") => {
      const socket = connect(server.port ?? 0, "127.0.0.1");
      let text = "";
      socket.on("data", (bytes) => (text += bytes.toString()));
      socket.write([line, ...headers, `Content-Length: ${sent.length}`, "Connection: close", "", sent].join("\r\n"));
      await once(socket, "close");
      const body = text.slice(text.indexOf("\r\n\r\n") + 4);
      return { status: Number(text.split(" ")[1]), body: body === "" ? undefined : JSON.parse(body) };
    };
    try {
      await run(ask, service);
    } finally {
      await server.stop(true);
    }
  });

test("200 for HTTP/1.0 without a Host header, by the service's own; the client's address is known", () =>
  served(async (ask, { as, database }) => {
    expect(await ask("GET /livez HTTP/1.0")).toEqual({ status: 200, body: { status: "ok" } });
    const { cookie, email } = await as("owner");
    for (const path of ["/v1/verify", "/v1/me", "/api/auth/get-session"])
      expect([path, (await ask(`GET ${path} HTTP/1.0`, [`Cookie: ${cookie}`])).status]).toEqual([path, 200]);
    expect((await ask("GET /v1/me HTTP/1.0")).status).toBe(401);
    expect((await ask("GET //nowhere HTTP/1.0")).status).toBe(404);
    const signIn = JSON.stringify({ email, password });
    const { status, body } = await ask(
      "POST /api/auth/sign-in/email HTTP/1.0",
      ["Content-Type: application/json"],
      signIn,
    );
    expect(status).toBe(200);
    const token = (body as { token: string }).token;
    const found = await database.db.query.session.findFirst({ where: eq(session.token, token) });
    expect(found?.ipAddress).toBe(address);
  }));

test("400 in the dialect of the mount for a Host header that names no host, and for HTTP/1.1 without one", () =>
  served(async (ask) => {
    for (const host of ["[::::", "a b", "x:99999", "", "é", "a/b", "a@b", "%zz"])
      for (const path of ["/livez", "/v1/me", "/v1/verify", "/api/auth/get-session?x=1", "/nowhere"]) {
        const { status, body } = await ask(`GET ${path} HTTP/1.1`, [`Host: ${host}`]);
        const { code } = body as { code: string };
        const expected = path.startsWith("/api/auth/") ? "MALFORMED_REQUEST" : "malformed_request";
        expect([host, path, status, code]).toEqual([host, path, 400, expected]);
      }
    expect((await ask("GET /livez HTTP/1.1")).status).toBe(400);
  }));
