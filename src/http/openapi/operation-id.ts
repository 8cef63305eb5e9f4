const verbs: Readonly<Record<string, string>> = { get: "read", patch: "update", put: "replace", delete: "delete" };

/**
 * The name of an operation in generated clients, such as `projects.restore`: the path's words without the organization
 * that all is in, and what the method does.
 *
 * @param operation.path as in the document, such as `/v1/orgs/{org}/projects/{id}/restore`.
 * @param operation.creates whether it answers 201; `lists` whether it answers a page.
 * @param paths all paths of the document.
 */
export function operationId(
  { method, path, creates, lists }: { method: string; path: string; creates: boolean; lists: boolean },
  paths: readonly string[],
): string {
  const segments = path
    .replace(/^\/v1\//, "")
    .replace(/^orgs\/\{org\}\/(?=.)/, "")
    .split("/");
  const words = segments.filter((segment) => !segment.startsWith("{")).map(word);
  if (method === "post") return [...words, ...(creates ? ["create"] : [])].join(".");
  const hasItems = paths.some((other) => other.startsWith(`${path}/{`));
  if (lists || (method === "get" && hasItems)) return [...words, "list"].join(".");
  return [...words, `${verbs[method] ?? method}${method === "delete" && hasItems ? "All" : ""}`].join(".");
}

const word = (segment: string): string =>
  segment === "orgs" ? "organizations" : segment.replaceAll(/[-.](\w)/g, (_, letter: string) => letter.toUpperCase());
