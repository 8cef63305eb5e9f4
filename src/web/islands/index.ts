import { copyButtons } from "./copy.ts";
import { liveLists } from "./live.ts";
import { mailedSecret } from "./mailed-secret.ts";
import { passkeySignIn } from "./passkey-sign-in.ts";
import { addPasskey } from "./passkey-add.ts";
import { ownTimes } from "./times.ts";
import { sendOnce } from "./send-once.ts";

// A page that the browser kept would show what its person has left, also after signing out.
addEventListener("pageshow", (event: PageTransitionEvent) => {
  if (event.persisted) location.reload();
});

for (const scripted of document.querySelectorAll("[data-scripted]:not([data-passkey-failed])"))
  scripted.classList.add("shown");

sendOnce();
copyButtons();
ownTimes();
mailedSecret();
liveLists();
passkeySignIn();
addPasskey();
