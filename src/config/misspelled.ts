/**
 * The setting that a variable's name is one slip away from: a letter more, less or different, or two swapped. Undefined
 * for a setting itself, and for names too short to tell a slip from another word.
 */
export function nearlySetting(name: string, settings: ReadonlySet<string>): string | undefined {
  if (name.length < 6 || settings.has(name)) return undefined;
  return [...settings].find((setting) => setting.length > 5 && isOneSlip(name.toUpperCase(), setting));
}

function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  if (long.length > short.length) return short.slice(start) === long.slice(start + 1);
  const [left, right] = [short.slice(start), long.slice(start)];
  return (
    left.slice(1) === right.slice(1) ||
    (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2))
  );
}
