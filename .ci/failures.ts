const linesAtMost = 200;

/**
 * What to read first of what `bun test` wrote to stderr: the names of the tests that failed, then the files they are in
 * with their errors, about 200 lines of it. A run that broke off without a failed test is told by its end.
 */
export function failures(written: string): string {
  const lines = written.split("\n").filter((line) => !/^\((pass|skip|todo)\) /.test(line));
  // Each file's part begins with its path; what is behind the last part is the summary.
  const starts = lines.flatMap((line, at) => (/^\S+\.test\.tsx?:$/.test(line) ? [at] : []));
  const files = starts.map((at, i) => lines.slice(at, starts[i + 1]));
  const broken = files.filter((file) => file.some((line) => /^(\(fail\) |error: |# Unhandled error)/.test(line)));
  if (broken.length === 0) return lines.slice(-linesAtMost / 2).join("\n");
  const names = broken.flatMap(([path = "", ...rest]) => {
    const failed = rest.filter((line) => line.startsWith("(fail) "));
    return failed.length > 0 ? failed.map((line) => `${path} ${line.slice("(fail) ".length)}`) : [path];
  });
  const told = [...names, "", ...broken.flat()];
  const left = told.length - linesAtMost;
  return left <= 0 ? told.join("\n") : [...told.slice(0, linesAtMost), `(${left} more lines)`].join("\n");
}
