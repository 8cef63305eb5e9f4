import { sendOnce } from "./send-once.ts";
import { ownTimes } from "./times.ts";

/** Milliseconds between two looks: where something changes, and at most where nothing does. */
const [soonest, latest] = [15_000, 120_000];

/** Keeps the lists of a page that says so as they are in the service, while somebody looks at it. */
export function liveLists(): void {
  if (!document.body.hasAttribute("data-live")) return;
  let [wait, version, asking] = [soonest, "", false];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = (): void => {
    if (document.hidden || asking) return;
    asking = true;
    // It makes a document where no script may be given HTML.
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.timeout = 10_000;
    request.setRequestHeader("X-Live", "1");
    if (version !== "") request.setRequestHeader("If-None-Match", version);
    request.addEventListener("loadend", () => {
      asking = false;
      const { status, responseURL, responseXML } = request;
      // Signed out, or no longer let in: the page itself says so, and shows nothing more.
      const elsewhere = status === 200 && new URL(responseURL).pathname !== location.pathname;
      if (elsewhere || status === 403 || status === 404) return location.reload();
      const changed = status === 200 && responseXML !== null && !inUse() && show(responseXML);
      if (changed) version = request.getResponseHeader("etag") ?? "";
      wait = changed ? soonest : Math.min(wait * 2, latest);
      clearTimeout(timer);
      timer = setTimeout(look, wait);
    });
    request.send();
  };

  document.addEventListener("visibilitychange", () => {
    wait = soonest;
    look();
  });
  timer = setTimeout(look, wait);
}

const listsOf = (root: Document) => [...root.querySelectorAll<HTMLElement>("main table.rows, main .empty")];

/** Whether somebody selects text, or does something in a list beside following its links. */
function inUse(): boolean {
  const busy = document.activeElement?.matches("table.rows :is(input, select, textarea)") ?? false;
  return busy || getSelection()?.type === "Range";
}

/** Shows the lists of another look at the page. @returns whether it could. */
function show(fresh: Document): boolean {
  const [shown, found] = [listsOf(document), listsOf(fresh)];
  if (shown.length !== found.length) return false;
  ownTimes(fresh);
  for (const [at, list] of shown.entries()) {
    const next = found[at];
    if (next === undefined || list.isEqualNode(next)) continue;
    const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    list.replaceWith(document.adoptNode(next));
    sendOnce(next);
    if (focused) document.querySelector<HTMLElement>(`main a[href="${CSS.escape(focused)}"]`)?.focus();
  }
  const [pager, nextPager] = [document, fresh].map((root) => root.querySelector("main nav.pager"));
  if (pager) pager.replaceWith(...(nextPager ? [document.adoptNode(nextPager)] : []));
  else if (nextPager) listsOf(document).at(-1)?.after(document.adoptNode(nextPager));
  return true;
}
