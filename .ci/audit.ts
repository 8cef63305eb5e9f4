/**
 * Asks the registry for known vulnerabilities of what bun.lock pins. A registry that answers no audits, or can't be
 * reached, is said so and fails nothing: the lockfile is the same as when it was last asked.
 */
import { spawn } from "bun";

const child = spawn([process.execPath, "audit", "--json"], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
const [out, err, code] = await Promise.all([
  new Response(child.stdout).text(),
  new Response(child.stderr).text(),
  child.exited,
]);
const answer = out.slice(Math.max(0, out.indexOf("{")));
const reason = (err || out).trim().split("\n").at(-1) ?? "";
if (code === 0) console.log("none");
else if (answer.startsWith("{")) {
  console.error(JSON.stringify(JSON.parse(answer), null, 2));
  process.exit(1);
} else console.log(`not asked: ${reason.replace(/^error: /, "").replace(/https?:\/\/\S+/, "the registry")}`);
