import type { Context } from "hono";
import { ApiFailure, type Page, type PageEnv } from "../../http/page.ts";
import { fieldMessage } from "../messages/fields.ts";
import { problemMessage } from "../messages/problems.ts";

/** Why a form wasn't accepted, in the page's language. */
export type Failed = { status: number; code: string; message: string; fields: Readonly<Record<string, string>> };

/** A form as it is shown: what was typed, and what was wrong with it. */
export type Form = { values: Readonly<Record<string, string>>; failed: Failed | null };

export const emptyForm: Form = { values: {}, failed: null };

/** A form that nobody has sent yet, with what is in it from the start. */
export const filled = (values: Readonly<Record<string, string | null | undefined>>): Form => ({
  values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? ""])),
  failed: null,
});

/** The boxes of a group that are ticked from the start, as `filled` takes them. */
export const tickedIn = (group: string, values: Iterable<string>): Record<string, string> =>
  Object.fromEntries([...values].map((value) => [`${group}.${value}`, "on"]));

/** What a form sent. A browser sends no field for a box that isn't ticked. */
export type Sent = {
  /** A field's text without spaces around it; empty where there is none. */
  text(name: string): string;
  /** A field as it was typed, for passwords. */
  exact(name: string): string;
  /** A field's text; undefined where it is empty, for what may be left out. */
  given(name: string): string | undefined;
  ticked(name: string): boolean;
  /** All values of a field that may come more than once. */
  all(name: string): string[];
  /** The fields of a group by their names in it: of `role`, what was sent as `role.admin` by `admin`. */
  group(name: string): ReadonlyMap<string, string>;
  /** The version that the form was made from, as `Version` in components/form.tsx put it there. */
  version: { ifMatch?: string };
  /** The form again, with what was wrong with it. */
  again(failed: Failed): Form;
};

export async function readForm(c: Context<PageEnv>): Promise<Sent> {
  const sent = await c.req.parseBody({ all: true });
  const all = (name: string) => [sent[name] ?? []].flat().filter((value) => typeof value === "string");
  const exact = (name: string) => all(name).at(-1) ?? "";
  // Browsers end lines by CRLF in what they send.
  const text = (name: string) => exact(name).replaceAll("\r\n", "\n").trim();
  const members = (group: string) => Object.keys(sent).filter((name) => name.startsWith(`${group}.`));
  return {
    all,
    exact,
    text,
    group: (group) => new Map(members(group).map((name) => [name.slice(group.length + 1), exact(name)])),
    given: (name) => text(name) || undefined,
    ticked: (name) => all(name).length > 0,
    version: text("version") === "" ? {} : { ifMatch: text("version") },
    again: (failed) => ({
      failed,
      values: Object.fromEntries(Object.keys(sent).map((name) => [name, exact(name)])),
    }),
  };
}

/** Refusals that no field of a form can mend: another page answers them. */
const elsewhere = new Set(["unauthenticated", "fresh_sign_in_required", "two_factor_required"]);

/**
 * Does what a form asks.
 *
 * @param beside the field that a refusal is about, by its code, where the refusal itself names none.
 * @returns what came of it, or why it was refused, to be shown beside the form.
 * @throws what isn't the form's fault: nothing there (404), an outage, somebody who is signed out by now.
 */
export async function attempt<T>(
  page: Page,
  work: () => Promise<T>,
  beside: Readonly<Record<string, string>> = {},
): Promise<{ done: T } | { failed: Failed }> {
  try {
    return { done: await work() };
  } catch (err) {
    if (!(err instanceof ApiFailure) || err.status >= 500 || err.status === 404 || elsewhere.has(err.code)) throw err;
    const failed = failedBy(page, err);
    const field = beside[failed.code];
    if (field === undefined) return { failed };
    const { message, fields } = refused(page, { [field]: failed.message });
    return { failed: { ...failed, message, fields } };
  }
}

/**
 * Beside which field a refused password is told, for `attempt`.
 *
 * @param checked the field of the password that there is. @param chosen the field of a new one.
 */
export const besidePassword = (checked = "password", chosen = checked): Readonly<Record<string, string>> => ({
  invalid_password: checked,
  wrong_password: checked,
  password_too_short: chosen,
  password_too_long: chosen,
  password_too_common: chosen,
  password_too_personal: chosen,
  password_compromised: chosen,
});

const failedBy = (page: Page, { status, code, detail, errors }: ApiFailure): Failed => ({
  status,
  code,
  message: problemMessage(page, code, detail),
  fields: Object.fromEntries(errors.map(({ path, message }) => [path, fieldMessage(page, message)])),
});

/** A refusal that the page itself makes. @param fields messages by field. */
export const refused = (page: Page, fields: Readonly<Record<string, string>>): Failed => ({
  status: 422,
  code: "validation_failed",
  message: problemMessage(page, "validation_failed", ""),
  fields,
});
