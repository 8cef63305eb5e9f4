/**
 * The figures of several processes as one page for Prometheus, each series with the label `worker`: a sum would fall
 * when one of them ends, and hide the one that differs.
 *
 * @param pages what each worker shows, by its number.
 */
export function mergedFigures(pages: ReadonlyMap<number, string>): string {
  const metrics = new Map<string, { comments: string[]; series: string[] }>();
  for (const [worker, page] of pages) {
    let metric = { comments: [] as string[], series: [] as string[] };
    for (const line of page.split("\n").filter(Boolean)) {
      const [, kind, name = ""] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (kind === undefined) {
        metric.series.push(
          line.replace(/^(\w+)(?:\{)?/, (start, of) => `${of}{worker="${worker}"${start === of ? "}" : ","}`),
        );
        continue;
      }
      const known = metrics.get(name);
      metric = known ?? { comments: [], series: [] };
      metrics.set(name, metric);
      if (!metric.comments.includes(line)) metric.comments.push(line);
    }
  }
  return [...metrics.values()].flatMap(({ comments, series }) => [...comments, ...series, ""]).join("\n");
}
