import { note } from "./run.ts";

/** Says on standard error which table is under way: in one line that changes on a terminal, else in a line each. */
export function tableProgress(doing: string): { table: (name: string) => void; end: () => void } {
  const { stderr } = process;
  let shown = 0;
  return {
    table(name) {
      if (!stderr.isTTY) return note(`${doing} ${name}`);
      shown++;
      stderr.write(`\r\u001b[K${doing} ${name}`);
    },
    end() {
      if (shown > 0) stderr.write("\r\u001b[K");
      shown = 0;
    },
  };
}
