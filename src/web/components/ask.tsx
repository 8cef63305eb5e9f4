/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page } from "../../http/page.ts";
import type { Form as FormState } from "../kit/forms.ts";
import { Form } from "./form.tsx";

/** Asks before something is destroyed: what goes, what can't be undone, one button that says it. */
export const Ask = (props: {
  page: Page;
  form: FormState;
  title: string;
  /** What the button does. */
  submit: string;
  back: string;
  /** Where the form goes; the page's own path by default. */
  action?: string;
  /** Whether something is lost by it. */
  danger?: boolean;
  children?: Child;
}) => (
  <section class="ask">
    <h1>{props.title}</h1>
    <Form
      page={props.page}
      form={props.form}
      action={props.action}
      submit={props.submit}
      back={props.back}
      danger={props.danger ?? true}
    >
      {props.children}
    </Form>
  </section>
);
