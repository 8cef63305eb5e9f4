/** @jsxImportSource hono/jsx */
import type { Page, Wire } from "../../../http/page.ts";
import type { ApiKey, ApiKeyWithSecret } from "../../../modules/machine/api-keys/index.ts";
import { localeOf } from "../../kit/languages.ts";
import { common } from "../../messages/common.ts";
import { messages } from "./messages.ts";
import { organizationOf } from "../../kit/organization.ts";

export type Key = Wire<ApiKey>;
export type KeyWithSecret = Wire<ApiKeyWithSecret>;

/** Where a page about API keys is. */
export const placeOf = (page: Page, path = ""): string => organizationOf(page).at(`/api-keys${path}`);

/** What a key goes by. Keys made in other ways than ours may have no name. */
export const nameOf = ({ say }: Page, { name, start }: Key): string => name || start || say(messages).unnamed;

/** Whether a key works, or why not. */
export function stateOf({ now }: Page, { enabled, expiresAt }: Key): "works" | "disabled" | "expired" {
  if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) return "expired";
  return enabled ? "works" : "disabled";
}

const units = [
  ["day", 24 * 3_600_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** A span of time in the largest unit that it is made of: `2 hours`. */
export function spanLabel({ language }: Page, ms: number): string {
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ["second", 1000];
  return new Intl.NumberFormat(localeOf(language), { style: "unit", unit, unitDisplay: "long" }).format(ms / size);
}

/** A key at the only moment when it can be read, with how to copy and to try it. */
export function Secret({ page, row, origin }: { page: Page; row: KeyWithSecret; origin: string }) {
  const t = page.say(messages);
  return (
    <>
      <h1>{t.secretTitle(nameOf(page, row))}</h1>
      <p>{t.secretText}</p>
      <div class="secret">
        <code id="key" aria-label={t.key} data-changing>
          {row.key}
        </code>
        <button type="button" data-scripted data-copy="#key" data-copied={page.say(common).copied}>
          {t.copyKey}
        </button>
      </div>
      <p>{t.tryIt}</p>
      <pre data-changing>{`curl -H "x-api-key: ${row.key}" ${origin}/v1/verify`}</pre>
      <p>
        <a class="button primary" href={placeOf(page, `/${row.id}`)}>
          {t.done}
        </a>
      </p>
    </>
  );
}
