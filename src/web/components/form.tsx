/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page } from "../../http/page.ts";
import type { Form as FormState } from "../kit/forms.ts";
import { common } from "../messages/common.ts";
import { Notice } from "./notice.tsx";

type Inputs = "text" | "email" | "password" | "search" | "url" | "number" | "date" | "datetime-local";

/** A form that posts to this service, with what was wrong with it above. @param action the page's own path by default. */
export function Form(props: {
  page: Page;
  form: FormState;
  action?: string | undefined;
  /** What its button does. */
  submit: string;
  danger?: boolean;
  /** Takes the whole width, for what isn't one field below the other. */
  wide?: boolean;
  /** Where one goes who doesn't want to. */
  back?: string;
  children?: Child;
}) {
  const { page, form, action, submit, danger = false, wide = false, back, children } = props;
  return (
    <form class={wide ? "fields wide" : "fields"} method="post" action={action} data-once>
      {form.failed === null ? null : <Notice kind="bad">{form.failed.message}</Notice>}
      {children}
      <div class="buttons">
        <button class={danger ? "danger" : "primary"} type="submit">
          {submit}
        </button>
        {back === undefined ? null : <a href={back}>{page.say(common).cancel}</a>}
      </div>
    </form>
  );
}

type Of = { page: Page; form: FormState; name: string; label: string; hint?: Child };

/** The attributes by which a field says what it wants and what was wrong with it. */
function described({ form, name, hint }: Of) {
  const wrong = form.failed?.fields[name];
  const by = [hint === undefined ? "" : `${name}-hint`, wrong === undefined ? "" : `${name}-wrong`].filter(Boolean);
  return {
    id: name,
    name,
    "aria-invalid": wrong === undefined ? undefined : ("true" as const),
    "aria-describedby": by.join(" ") || undefined,
  };
}

function Labelled(props: Of & { required?: boolean | undefined; children?: Child }) {
  const { page, form, name, label, hint, required = false, children } = props;
  const wrong = form.failed?.fields[name];
  return (
    <div class="field">
      <label for={name}>
        {label}
        {required ? null : <span class="faint"> ({page.say(common).optional})</span>}
      </label>
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {wrong === undefined ? null : (
        <p class="wrong" id={`${name}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

/**
 * Carries the version that a form was made from, so that it doesn't undo what somebody else has done since. Who was told
 * so saves over it the next time.
 *
 * @param etag of what is stored now.
 */
export function Version({ form, etag }: { form: FormState; etag: string }) {
  const made = form.failed?.code === "precondition_failed" ? undefined : form.values["version"];
  return <input type="hidden" name="version" value={made ?? etag} />;
}

/** One line of text. What was typed comes back, unless it is a password. */
export function Field(
  props: Of & {
    type?: Inputs;
    autocomplete?: string;
    required?: boolean;
    autofocus?: boolean;
    maxlength?: number;
    inputmode?: "numeric" | "email" | "url";
    readonly?: boolean;
    class?: string;
    /** What is likely, to choose from; anything else can be typed. */
    suggestions?: readonly string[];
  },
) {
  const { form, name, type = "text", suggestions } = props;
  return (
    <Labelled {...props}>
      <input
        {...described(props)}
        type={type}
        value={type === "password" ? undefined : form.values[name]}
        autocomplete={props.autocomplete ?? "off"}
        required={props.required}
        autofocus={props.autofocus}
        maxlength={props.maxlength}
        inputmode={props.inputmode}
        readonly={props.readonly}
        class={props.class}
        list={suggestions === undefined ? undefined : `${name}-list`}
      />
      {suggestions === undefined ? null : (
        <datalist id={`${name}-list`}>
          {suggestions.map((value) => (
            <option value={value}></option>
          ))}
        </datalist>
      )}
    </Labelled>
  );
}

/** Several lines of text. */
export function TextArea(props: Of & { required?: boolean; rows?: number; maxlength?: number }) {
  return (
    <Labelled {...props}>
      <textarea {...described(props)} rows={props.rows ?? 4} required={props.required} maxlength={props.maxlength}>
        {`\n${props.form.values[props.name] ?? ""}`}
      </textarea>
    </Labelled>
  );
}

/** One of some choices. */
export function Choice(props: Of & { options: readonly { value: string; label: string }[]; required?: boolean }) {
  const chosen = props.form.values[props.name];
  return (
    <Labelled {...props} required={props.required ?? true}>
      <select {...described(props)}>
        {props.options.map(({ value, label }) => (
          <option value={value} selected={value === chosen}>
            {label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** A box to tick. */
export function Tick(props: Of & { value?: string }) {
  const { form, name, label, hint, value = "on" } = props;
  return (
    <div class="tick">
      <input {...described(props)} type="checkbox" value={value} checked={(form.values[name] ?? "") !== ""} />
      <div>
        <label for={name}>{label}</label>
        {hint === undefined ? null : (
          <p class="hint" id={`${name}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** One of several boxes. The hint of one that can't be ticked says why. */
export type Option = { value: string; label: string; hint?: Child; disabled?: boolean };

/** Boxes of which any may be ticked. Each is sent by its own name, `role.admin`, and read by `form.group("role")`. */
export function Ticks(props: {
  form: FormState;
  name: string;
  label: string;
  hint?: Child;
  options: readonly Option[];
}) {
  const { form, name, label, hint, options } = props;
  const wrong = form.failed?.fields[name];
  return (
    <fieldset aria-describedby={wrong === undefined ? undefined : `${name}-wrong`}>
      <legend>{label}</legend>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {options.map(({ value, label, hint, disabled }) => {
        const own = `${name}.${value}`;
        return (
          <div class="tick">
            <input
              id={own}
              name={own}
              type="checkbox"
              checked={form.values[own] !== undefined}
              disabled={disabled}
              aria-describedby={hint === undefined ? undefined : `${own}-hint`}
            />
            <div>
              <label for={own}>{label}</label>
              {hint === undefined ? null : (
                <p class="hint" id={`${own}-hint`}>
                  {hint}
                </p>
              )}
            </div>
          </div>
        );
      })}
      {wrong === undefined ? null : (
        <p class="wrong" id={`${name}-wrong`}>
          {wrong}
        </p>
      )}
    </fieldset>
  );
}
