import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/auth/store/suites/adapter.suite.ts"],
    silent: true,
    // Bun itself loads everything but the suites' own file, as it does in the service.
    server: { deps: { external: [/\/src\//, /\/test\/(?!.*\.suite\.ts)/, /\/node_modules\//] } },
  },
});
