import { copyButtons } from "./copy.ts";
import { ownTimes } from "./times.ts";
import { sendOnce } from "./send-once.ts";

// A page that the browser kept would show what its person has left, also after signing out.
addEventListener("pageshow", (event: PageTransitionEvent) => {
  if (event.persisted) location.reload();
});

for (const scripted of document.querySelectorAll("[data-scripted]")) scripted.classList.add("shown");

sendOnce();
copyButtons();
ownTimes();
