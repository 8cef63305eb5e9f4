/** @jsxImportSource hono/jsx */
import type { Permission } from "../../../core/access/permission.ts";
import type { Page } from "../../../http/page.ts";
import { Choice, Field, Ticks } from "../../components/form.tsx";
import { emptyForm, filled, type Form as FormState, type Sent, tickedIn } from "../../kit/forms.ts";
import { byResource, permissionLabel } from "../../messages/permissions.ts";
import { type Key, spanLabel } from "./key.tsx";
import { messages } from "./messages.ts";

const [minute, hour, day] = [60_000, 3_600_000, 24 * 3_600_000];
const spans = [minute, hour, day, 7 * day, 30 * day];

/** A key as its form has it. Numbers stand there as they are typed. */
export function formOf(key: Key | null): FormState {
  if (key === null)
    return { ...emptyForm, values: { "refill.intervalMs": `${30 * day}`, "rateLimit.windowMs": `${minute}` } };
  return filled({
    name: key.name,
    expiresAt: key.expiresAt?.slice(0, 10),
    remaining: key.remaining?.toString(),
    "refill.amount": key.refill?.amount.toString(),
    "refill.intervalMs": (key.refill?.intervalMs ?? 30 * day).toString(),
    "rateLimit.limit": key.rateLimit?.limit.toString(),
    "rateLimit.windowMs": (key.rateLimit?.windowMs ?? minute).toString(),
    ...tickedIn("permission", key.permissions),
  });
}

/** What isn't a number goes to the API as it is, which says so of the field. */
const number = (text: string | undefined): number | string | null =>
  text === undefined ? null : /^\d{1,15}$/.test(text) ? Number(text) : text;

/** What a form asks for. Of a key that there is, only what was changed: using it changes its uses too. */
export function inputOf(form: Sent, key: Key | null): object {
  const wanted = {
    name: form.text("name"),
    permissions: [...form.group("permission").keys()].toSorted(),
    // The last millisecond of the day.
    expiresAt: form.given("expiresAt") === undefined ? null : `${form.text("expiresAt")}T23:59:59.999Z`,
    remaining: number(form.given("remaining")),
    refill: pair(form, "refill", "amount", "intervalMs"),
    rateLimit: pair(form, "rateLimit", "limit", "windowMs"),
  };
  if (key === null) return wanted;
  const { name, permissions, expiresAt, ...limits } = wanted;
  return {
    name,
    ...(Bun.deepEquals(permissions, key.permissions.toSorted()) ? {} : { permissions }),
    ...(form.text("expiresAt") === (key.expiresAt?.slice(0, 10) ?? "") ? {} : { expiresAt }),
    ...(form.text("remaining") === form.text("remainingBefore") ? {} : { remaining: limits.remaining }),
    ...(Bun.deepEquals(limits.refill, key.refill) ? {} : { refill: limits.refill }),
    rateLimit: limits.rateLimit,
  };
}

function pair(form: Sent, group: string, amount: string, span: string) {
  const given = form.given(`${group}.${amount}`);
  return given === undefined ? null : { [amount]: number(given), [span]: number(form.given(`${group}.${span}`)) };
}

/** The fields of a key. What its makers rarely need is folded away. @param props.existing the key that is changed. */
export function KeyFields({ page, form, existing }: { page: Page; form: FormState; existing: Key | null }) {
  const t = page.say(messages);
  const held = page.organization?.permissions ?? new Set<Permission>();
  const offered = [...new Set<string>([...held, ...(existing?.permissions ?? [])])].map((permission) => ({
    permission,
  }));
  const folded = ["remaining", "refill.amount", "rateLimit.limit"];
  const open = folded.some((name) => (form.values[name] ?? "") !== "");
  const field = { page, form };
  return (
    <>
      <Field {...field} name="name" label={t.name} hint={t.nameHint} maxlength={80} required />
      <Field {...field} name="expiresAt" type="date" label={t.expiresOn} hint={t.expiresHint} />
      <div>
        <h2>{t.permissions}</h2>
        <p class="hint">{t.permissionsHint}</p>
      </div>
      <div class="groups">
        {byResource(page, offered).map(([resource, rows]) => (
          <div class="matrix">
            <Ticks
              form={form}
              name="permission"
              label={resource}
              options={rows.map(({ permission }) => ({
                value: permission,
                label: permissionLabel(page, permission),
                ...(held.has(permission as Permission) ? {} : { hint: t.unheld }),
              }))}
            />
          </div>
        ))}
      </div>
      <details open={open}>
        <summary>{t.limits}</summary>
        <div class="fields">
          <input type="hidden" name="remainingBefore" value={existing?.remaining?.toString() ?? ""} />
          <Field {...field} name="remaining" label={t.remaining} hint={t.remainingHint} inputmode="numeric" />
          <Field {...field} name="refill.amount" label={t.refill} hint={t.refillHint} inputmode="numeric" />
          <Span {...field} name="refill.intervalMs" label={t.refillEvery} />
          <Field {...field} name="rateLimit.limit" label={t.rate} hint={t.rateHint} inputmode="numeric" />
          <Span {...field} name="rateLimit.windowMs" label={t.rateEvery} />
        </div>
      </details>
    </>
  );
}

/** A span of time to choose. One that the API was told stays there to be chosen. */
function Span({ page, form, name, label }: { page: Page; form: FormState; name: string; label: string }) {
  const chosen = Number(form.values[name]);
  const all = spans.includes(chosen) || !(chosen >= 1000) ? spans : [...spans, chosen];
  const t = page.say(messages);
  const options = all.map((ms) => ({ value: `${ms}`, label: t.every(spanLabel(page, ms)) }));
  return <Choice page={page} form={form} name={name} label={label} options={options} />;
}
