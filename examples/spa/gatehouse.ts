import { createAuthClient } from "better-auth/client";
import { organizationClient } from "better-auth/client/plugins";

// Put in by serve.ts.
declare const GATEHOUSE_URL: string;

/** The official client, told nothing but where the service is. The session's cookie stays the browser's affair. */
export const auth = createAuthClient({ baseURL: GATEHOUSE_URL, plugins: [organizationClient()] });

export type Session = typeof auth.$Infer.Session;
export type Organization = { id: string; name: string; slug: string };
export type Project = { id: string; name: string; description: string | null; createdAt: string };

/** What the service, or the client on its behalf, refused, in words for people. */
export class Refusal extends Error {
  override name = "Refusal";
}

/** What a call of the official client gave. @throws Refusal */
export async function given<T>(call: Promise<{ data: T; error: { message?: string | undefined } | null }>) {
  const { data, error } = await call.catch(() => ({ data: null, error: { message: "The service can't be reached." } }));
  if (error) throw new Refusal(error.message ?? "That didn't work.");
  return data as NonNullable<T>;
}

/** Calls one of the service's own routes as the signed-in person. @throws Refusal */
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${GATEHOUSE_URL}/v1${path}`, {
    method,
    credentials: "include",
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  }).catch(() => null);
  if (!response) throw new Refusal("The service can't be reached.");
  const answer: unknown = response.status === 204 ? null : await response.json();
  if (response.ok) return answer as T;
  const { detail, errors } = answer as { detail: string; errors?: { path: string; message: string }[] };
  const fields =
    response.status === 422 ? errors?.map(({ path, message }) => `${path}: ${message}`).join(", ") : undefined;
  throw new Refusal(fields ?? detail);
}

export const listProjects = ({ id }: Organization) =>
  call<{ data: Project[]; nextCursor: string | null }>("GET", `/orgs/${id}/projects?limit=50`);

export const createProject = ({ id }: Organization, name: string, description: string) =>
  call<Project>("POST", `/orgs/${id}/projects`, { name, description: description || null });

export const deleteProject = ({ id }: Organization, project: Project) =>
  call<null>("DELETE", `/orgs/${id}/projects/${project.id}`);
