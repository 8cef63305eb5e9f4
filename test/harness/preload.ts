import { afterAll } from "bun:test";
import { closeTestDatabase, prepareTestDatabase } from "./database.ts";

/** How long a test may take, in milliseconds: some start processes and databases, on machines that are shared. */
const limitMs = 60_000;

// bunfig.toml has no setting for it, and a limit that is set here would hold for the first file only.
Bun.plugin({
  name: "time limit",
  setup(build) {
    const limit = `import { setDefaultTimeout as limitTo } from "bun:test"; limitTo(${limitMs}); `;
    build.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
      loader: "ts",
      contents: limit + (await Bun.file(path).text()),
    }));
  },
});

// Outside any test, whose time limit the first run on a machine would exceed.
await prepareTestDatabase();
// The process's one shared database goes when its last test is done.
afterAll(closeTestDatabase);
