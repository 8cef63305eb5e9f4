/** A form that is under way isn't sent again by a second click. */
export function sendOnce(root: ParentNode = document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-once]"))
    form.addEventListener("submit", (event) => {
      if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
      form.setAttribute("aria-busy", "true");
      // Where the answer is no page, such as a download, the form is there for another time.
      setTimeout(() => form.removeAttribute("aria-busy"), 5000);
    });
}
