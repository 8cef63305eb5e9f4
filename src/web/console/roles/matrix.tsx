/** @jsxImportSource hono/jsx */
import type { Permission } from "../../../core/access/permission.ts";
import { holds } from "../../../core/access/role.ts";
import type { Page, Wire } from "../../../http/page.ts";
import type { CataloguedPermission, RoleEntry } from "../../../modules/organization/roles/index.ts";
import type { Form as FormState } from "../../kit/forms.ts";
import { byResource, permissionLabel } from "../../messages/permissions.ts";
import { messages } from "./messages.ts";

/** What a role can say of a permission. */
export const effects = ["allow", "own", "deny", "inherit"] as const;
export type Effect = (typeof effects)[number];

type Entry = Wire<RoleEntry>;
type Catalogued = Wire<CataloguedPermission>;

/** What a role says of a permission, as the form has it. */
export const effectOf = (entry: Entry | undefined): Effect =>
  entry === undefined ? "inherit" : entry.effect === "deny" ? "deny" : entry.scope === "own" ? "own" : "allow";

/**
 * Every permission with what the role says of it, by resource. What can't be chosen says why.
 *
 * @param form what was sent of it, where it was refused.
 * @param editable whether the viewer may change the role at all.
 */
export function Matrix(props: {
  page: Page;
  form: FormState;
  all: readonly Catalogued[];
  entries: readonly Entry[];
  editable: boolean;
}) {
  const { page, form, all, entries, editable } = props;
  const said = new Map(entries.map((entry) => [entry.permission, entry]));
  return (
    <>
      {byResource(page, all).map(([resource, rows]) => (
        <section class="matrix">
          <h3>{resource}</h3>
          {rows.map((row) => (
            <Choices page={page} form={form} row={row} entry={said.get(row.permission)} editable={editable} />
          ))}
        </section>
      ))}
    </>
  );
}

type Row = { page: Page; form: FormState; row: Catalogued; entry: Entry | undefined; editable: boolean };

function Choices({ page, form, row, entry, editable }: Row) {
  const t = page.say(messages);
  const { permission, own } = row;
  const current = effectOf(entry);
  const chosen = form.values[`entry.${permission}`] ?? current;
  const { open, why } = editable ? choosable(page, row, entry, current) : { open: [], why: null };
  const hint = [why === null ? "" : t[why], row.granted ? "" : t.unentitled].filter(Boolean).join(" ");
  return (
    <div
      class="choices"
      role="radiogroup"
      aria-labelledby={`${permission}-name`}
      aria-describedby={hint === "" ? undefined : `${permission}-why`}
    >
      <div>
        <span id={`${permission}-name`}>{permissionLabel(page, permission)}</span>
        {hint === "" ? null : (
          <p class="hint" id={`${permission}-why`}>
            {hint}
          </p>
        )}
      </div>
      {effects.map((effect) =>
        effect === "own" && !own && current !== "own" ? (
          <span />
        ) : (
          <label class="tick">
            <input
              type="radio"
              name={`entry.${permission}`}
              value={effect}
              checked={effect === chosen}
              disabled={!open.includes(effect)}
            />
            {t.effects[effect]}
          </label>
        ),
      )}
    </div>
  );
}

/** What the viewer may choose for a permission, and why not all of it. A change is of what it was and of what it becomes. */
function choosable(
  { organization }: Page,
  { permission }: Catalogued,
  entry: Entry | undefined,
  current: Effect,
): { open: readonly Effect[]; why: "locked" | "unheld" | "unheldWide" | null } {
  if (entry?.locked) return { open: [], why: "locked" };
  if (organization === null) return { open: [], why: "unheld" };
  if (holds(organization, permission as Permission, "organization")) return { open: effects, why: null };
  const narrow = holds(organization, permission as Permission, "own") && (current === "own" || current === "inherit");
  return narrow ? { open: ["own", "inherit"], why: "unheldWide" } : { open: [], why: "unheld" };
}
