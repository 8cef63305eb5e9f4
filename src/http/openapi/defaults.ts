type Schema = { [key: string]: unknown; description?: string };

/**
 * The same schemas with each default in words. Generators of clients take a field with a default for one that is always
 * there, and would have it in every request.
 */
export function defaultsInWords<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(defaultsInWords) as Part;
  if (typeof part !== "object" || part === null) return part;
  const { properties, ...others } = part as Schema;
  const fields = Object.entries((properties ?? {}) as Record<string, Schema>).map(([name, field]) => {
    const { default: value, ...plain } = field;
    if (value === undefined) return [name, field] as const;
    const said = `\`${typeof value === "string" ? value : JSON.stringify(value)}\` where it isn't given`;
    return [name, { ...plain, description: plain.description ? `${plain.description}. ${said}` : said }] as const;
  });
  return Object.fromEntries([
    ...Object.entries(others).map(([key, value]) => [key, key === "example" ? value : defaultsInWords(value)]),
    ...(properties ? [["properties", Object.fromEntries(fields.map(([name, f]) => [name, defaultsInWords(f)]))]] : []),
  ]) as Part;
}
