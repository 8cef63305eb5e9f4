type Child = Node | string | null;

/** Makes an element. Text is only ever text: nothing that people typed is read as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A button that runs `work` and shows what went wrong beside it. */
export function button(label: string, className: string, work: () => Promise<void>, name = label): HTMLButtonElement {
  const element = h("button", { type: "button", class: className, "aria-label": name }, label);
  const pressed = async () => {
    const problem = await busy(element, work);
    if (problem) element.after(h("span", { class: "problem", role: "alert" }, problem));
  };
  element.addEventListener("click", () => void pressed());
  return element;
}

/** A labelled input. */
export const field = (label: string, attributes: Record<string, string | boolean>) =>
  h("label", { class: "field" }, h("span", {}, label), h("input", attributes));

/** A form that runs `work` with its fields' values and shows what went wrong below them. */
export function form(
  submit: string,
  fields: HTMLElement[],
  work: (values: Record<string, string>) => Promise<void>,
): HTMLFormElement {
  const problem = h("p", { class: "problem", role: "alert" });
  const send = h("button", { class: "primary" }, submit);
  const element = h("form", { class: "stack" }, ...fields, problem, send);
  const sent = async () => {
    problem.textContent = "";
    const values = [...new FormData(element)].map(([name, value]) => [name, typeof value === "string" ? value : ""]);
    problem.textContent = await busy(send, () => work(Object.fromEntries(values)));
  };
  element.addEventListener("submit", (event) => event.preventDefault());
  element.addEventListener("submit", () => void sent());
  return element;
}

/** Keeps `element` from being pressed twice. Resolves with what went wrong, empty when nothing did. */
async function busy(element: HTMLButtonElement, work: () => Promise<void>): Promise<string> {
  element.disabled = true;
  try {
    await work();
    return "";
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  } finally {
    element.disabled = false;
  }
}
