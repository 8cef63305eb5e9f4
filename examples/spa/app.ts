import { button, field, form, h } from "./dom.ts";
import {
  auth,
  createProject,
  deleteProject,
  given,
  listProjects,
  type Organization,
  type Project,
  type Session,
} from "./gatehouse.ts";

const app = document.querySelector("#app")!;

/** Looks at where the person stands, and shows the page for it. */
async function show(): Promise<void> {
  const session = await given(auth.getSession()).catch((err: Error) => err);
  if (session instanceof Error) return app.replaceChildren(card("Out of reach", session.message));
  if (!session) return app.replaceChildren(welcome("up"));
  const organizations: Organization[] = await given(auth.organization.list());
  const active = organizations.find(({ id }) => id === session.session.activeOrganizationId) ?? organizations[0];
  if (!active) return app.replaceChildren(header(session, []), firstOrganization());
  const { data } = await listProjects(active);
  app.replaceChildren(header(session, organizations, active), projects(active, data));
}

const card = (title: string, lead: string, ...rest: HTMLElement[]) =>
  h("main", { class: "card" }, h("h1", {}, title), h("p", { class: "lead" }, lead), ...rest);

function welcome(sign: "in" | "up"): HTMLElement {
  const email = field("E-mail", { name: "email", type: "email", required: true, autocomplete: "username" });
  const autocomplete = sign === "up" ? "new-password" : "current-password";
  const password = field("Password", {
    name: "password",
    type: "password",
    required: true,
    minlength: "8",
    autocomplete,
  });
  const name = field("Name", { name: "name", required: true, autocomplete: "name" });
  const other = sign === "up" ? "in" : "up";
  const turn = button(sign === "up" ? "I have an account" : "I'm new here", "link", async () =>
    app.replaceChildren(welcome(other)),
  );
  if (sign === "in") {
    const signIn = form("Sign in", [email, password], async ({ email = "", password = "" }) => {
      await given(auth.signIn.email({ email, password }));
      await show();
    });
    return card("Welcome back", "Sign in to see your projects.", signIn, turn);
  }
  const signUp = form("Sign up", [name, email, password], async ({ name = "", email = "", password = "" }) => {
    const { token } = await given(auth.signUp.email({ name, email, password }));
    if (token) return show();
    app.replaceChildren(card("Look into your mail", `Open the link that was sent to ${email}, then sign in.`, turn));
  });
  return card("Projects", "Keep track of what your team is up to.", signUp, turn);
}

function header({ user }: Session, organizations: Organization[], active?: Organization): HTMLElement {
  const signOut = button("Sign out", "quiet", async () => {
    await given(auth.signOut());
    await show();
  });
  const choice = h(
    "select",
    { "aria-label": "Organization" },
    ...organizations.map(({ id, name }) => h("option", { value: id, selected: id === active?.id }, name)),
  );
  choice.addEventListener("change", () => void activate(choice.value));
  const avatar = h("span", { class: "avatar", "aria-hidden": "true" }, initials(user.name));
  const who = h("span", { class: "who" }, avatar, h("span", { class: "name" }, user.name));
  return h("header", {}, organizations.length > 0 ? choice : h("strong", {}, "Projects"), h("nav", {}, who, signOut));
}

async function activate(organizationId: string): Promise<void> {
  await given(auth.organization.setActive({ organizationId }));
  await show();
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");

function firstOrganization(): HTMLElement {
  const name = field("Name", { name: "name", required: true, maxlength: "40", placeholder: "Acme" });
  const create = form("Create organization", [name], async ({ name = "" }) => {
    const { id } = await given(auth.organization.create({ name, slug: slugOf(name) }));
    await activate(id);
  });
  return card("Your organization", "Projects belong to an organization. Others can join it later.", create);
}

/** A slug is unique among all organizations, so a few random letters follow the name. */
const slugOf = (name: string): string => {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words, crypto.randomUUID().slice(0, 6)].join("-");
};

function projects(organization: Organization, rows: Project[]): HTMLElement {
  const fields = [
    field("Name", { name: "name", required: true, maxlength: "120", placeholder: "Website" }),
    field("What it is about", { name: "description", maxlength: "200", placeholder: "optional" }),
  ];
  const create = form("Create project", fields, async ({ name = "", description = "" }) => {
    await createProject(organization, name, description);
    await show();
  });
  const list =
    rows.length > 0 ? h("ul", { class: "projects" }, ...rows.map((row) => item(organization, row))) : nothing();
  return h(
    "main",
    { class: "columns" },
    h("section", {}, h("h1", {}, "Projects"), list),
    h("aside", {}, h("h2", {}, "New project"), create),
  );
}

const nothing = () => h("p", { class: "empty" }, "No projects yet. The first one is a form away.");

function item(organization: Organization, project: Project): HTMLElement {
  const made = new Date(project.createdAt).toLocaleDateString(undefined, { dateStyle: "medium" });
  const remove = button(
    "✕",
    "remove",
    async () => {
      await deleteProject(organization, project);
      await show();
    },
    `Delete ${project.name}`,
  );
  const about = h("p", {}, project.description ?? `Since ${made}`);
  return h("li", {}, h("div", {}, h("h2", {}, project.name), about), remove);
}

await show();
