import { join } from "node:path";

/**
 * Bundles the application for one Gatehouse and serves it.
 *
 * @param options.port 0 picks a free one.
 * @param options.gatehouse the service's base URL.
 */
export async function serveSpa(options: { port: number; gatehouse: string }) {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "index.html")],
    target: "browser",
    minify: true,
    define: { GATEHOUSE_URL: JSON.stringify(options.gatehouse) },
  });
  const files = new Map(outputs.map((output) => [output.path.replace(/^\.?\//, "/"), output]));
  const page = outputs.find(({ path }) => path.endsWith(".html"));
  return Bun.serve({
    port: options.port,
    hostname: "127.0.0.1",
    fetch(request) {
      const file = files.get(new URL(request.url).pathname) ?? page;
      return new Response(file, {
        headers: {
          "Content-Security-Policy": `default-src 'self'; connect-src ${options.gatehouse}; img-src data:; frame-ancestors 'none'`,
        },
      });
    },
  });
}

if (import.meta.main) {
  const { SPA_PORT = "4000", GATEHOUSE_URL = "http://localhost:3000" } = process.env;
  const { port } = await serveSpa({ port: Number(SPA_PORT), gatehouse: GATEHOUSE_URL });
  console.log(`The application is at http://localhost:${port} and signs people in at ${GATEHOUSE_URL}`);
}
