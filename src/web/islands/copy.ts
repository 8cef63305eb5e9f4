/** Buttons that copy the text of the element that `data-copy` names, and say so in the words of `data-copied`. */
export function copyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]"))
    button.addEventListener("click", () => {
      const text = document.querySelector(button.dataset["copy"] ?? "")?.textContent ?? "";
      const say = () => (button.textContent = button.dataset["copied"] ?? "");
      // Where the browser refuses, the text is there to be selected.
      navigator.clipboard.writeText(text.trim()).then(say, () => {});
    });
}
