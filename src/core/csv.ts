// A spreadsheet takes a cell that begins so for a formula, also one that stands behind such blanks.
const formula = /^[=+\-@\t\r\n]/;

/**
 * One line of CSV (RFC 4180), every cell in quotes. A text that a spreadsheet would compute begins with an apostrophe.
 *
 * @param cells null and undefined are empty.
 */
export const csvLine = (cells: readonly (string | number | boolean | null | undefined)[]): string =>
  `${cells.map(cell).join(",")}\r\n`;

function cell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? "");
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
