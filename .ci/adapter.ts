/**
 * Runs better-auth's suites for database adapters against this service's adapter, and ends with the summary that `bun test`
 * ends with. Fails unless every test passes, but those that `refused.ts` lists: they must fail, with the error named there.
 * On PostgreSQL with TEST_DATABASE_URL, otherwise on PGlite.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refused } from "../test/auth/store/suites/refused.ts";

type Result = { title: string; status: string; failureMessages?: string[] | null };
type Report = { testResults: { message: string; assertionResults: Result[] }[] };

// The suites colour the names of their tests.
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

const root = new URL("..", import.meta.url).pathname;
const folder = await mkdtemp(join(tmpdir(), "gatehouse-suites-"));
try {
  const file = join(folder, "report.json");
  const config = "test/auth/store/suites/vitest.config.ts";
  const vitest = [process.execPath, "--bun", "node_modules/.bin/vitest", "run", "--config", config, "--root", root];
  const child = Bun.spawn([...vitest, "--reporter=json", `--outputFile=${file}`], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  const report = (await Bun.file(file)
    .json()
    .catch(() => null)) as Report | null;
  process.exitCode = report ? judge(report) : broken(out + err);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function broken(output: string): number {
  console.error(`${output}\nThe suites didn't come to their end.`);
  return 1;
}

/** Says what is wrong, then the counts. @returns the status to exit with. */
function judge({ testResults }: Report): number {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const wrong = testResults.flatMap(({ message }) => (message ? [message] : []));
  const met = new Set<string>();
  let [pass, skip] = [0, 0];
  for (const { title, status, failureMessages } of results) {
    const whole = title.replaceAll(escapes, "").trim();
    // Some suites run the same tests under other options, which they name first.
    const name = whole.replace(/^\w+ > /, "");
    const said = failureMessages?.join("\n") ?? "";
    const known = refused[name];
    if (known) met.add(name);
    if (known && status === "failed" && said.includes(known.error)) skip++;
    else if (known) wrong.push(`${whole}\nis listed as refused, but ${said || "passes: take it off refused.ts"}`);
    else if (status === "passed") pass++;
    else wrong.push(`${whole}\n${said || status}`);
  }
  for (const name of Object.keys(refused))
    if (!met.has(name)) wrong.push(`${name}\nis listed as refused, and isn't there`);
  console.error(wrong.map((each) => `(fail) ${each}\n`).join("\n"));
  console.error(` ${pass} pass\n ${skip} skip\n ${wrong.length} fail\nRan ${results.length} tests across 1 file.`);
  return wrong.length === 0 && pass > 0 ? 0 : 1;
}
