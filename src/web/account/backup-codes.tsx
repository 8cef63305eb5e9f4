/** @jsxImportSource hono/jsx */
import type { Page } from "../../http/page.ts";
import { inLanguages } from "../kit/languages.ts";
import { common } from "../messages/common.ts";

const messages = inLanguages({
  en: {
    once: "Each of these signs you in once, when you don't have your phone. Keep them where only you find them: they aren't shown again.",
    download: "Download",
    file: "backup-codes.txt",
  },
  de: {
    once: "Jeder davon meldet Sie einmal an, wenn Sie Ihr Telefon nicht haben. Bewahren Sie sie sicher auf: Sie werden nicht noch einmal gezeigt.",
    download: "Herunterladen",
    file: "ersatzcodes.txt",
  },
});

/** Codes to keep, with ways to take them along. */
export function BackupCodes({ page, codes }: { page: Page; codes: readonly string[] }) {
  const [t, words] = [page.say(messages), page.say(common)];
  const text = codes.join("\n");
  return (
    <>
      <p>{t.once}</p>
      <div class="secret">
        <pre id="codes" data-changing>
          {text}
        </pre>
      </div>
      <p class="buttons">
        <button type="button" data-copy="#codes" data-copied={words.copied} data-scripted>
          {words.copy}
        </button>
        <a class="button" href={`data:application/octet-stream,${encodeURIComponent(`${text}\n`)}`} download={t.file}>
          {t.download}
        </a>
      </p>
    </>
  );
}
