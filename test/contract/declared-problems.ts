import { join } from "node:path";

const root = join(import.meta.dir, "../..");

// In a process of its own: other tests declare problems too, which are nobody's contract.
const program = `
  import "./src/app.ts";
  import "./src/deps.ts";
  import { declaredProblems } from "./src/core/problem.ts";
  console.log(JSON.stringify([...declaredProblems()]));
`;

type Declared = [code: string, { status: number; title: string }];

/** Every problem that the service declares, by code. */
export function declaredProblems(): Declared[] {
  const { stdout, stderr, success } = Bun.spawnSync([process.execPath, "-e", program], { cwd: root });
  if (!success) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Declared[];
}
