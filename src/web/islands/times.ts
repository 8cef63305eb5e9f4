/** Shows times in the browser's own time zone; without the script they are in UTC. */
export function ownTimes(root: ParentNode = document): void {
  const locale = document.documentElement.lang === "de" ? "de" : "en-GB";
  const shown = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-own=true]"))
    time.textContent = shown.format(new Date(time.dateTime));
}
