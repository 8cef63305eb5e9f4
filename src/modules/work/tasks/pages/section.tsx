/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { PageEnv, WirePage } from "../../../../http/page.ts";
import { Act, Empty, Filter, Pager, Rows, Search } from "../../../../web/components/list.tsx";
import { asked, rowsFor } from "../../../../web/kit/rows.ts";
import { common } from "../../../../web/messages/common.ts";
import { messages } from "./messages.ts";
import { assignees, placesOf, type ShownTask } from "./paths.ts";

/** A project's tasks, as they stand on its page. */
export async function tasksOf(c: Context<PageEnv>, projectId: string): Promise<Child> {
  const { page } = c.var;
  const t = page.say(messages);
  const places = placesOf(c, projectId);
  const { cursor, ...query } = asked(c, "q", "status", "assigneeId", "cursor");
  const [tasks, people] = await Promise.all([
    page.api.get<WirePage<ShownTask>>(places.list, { ...query, cursor }),
    assignees(page),
  ]);
  const sifted = Object.values(query).some((value) => value !== undefined);
  const anybody = { value: "", label: t.anybody };
  return (
    <section aria-labelledby="tasks">
      <div class="heading">
        <h2 id="tasks">{t.tasks}</h2>
        {page.may("task:create") ? (
          <a class="button primary" href={`${places.pages}/new`}>
            {t.add}
          </a>
        ) : null}
      </div>
      {tasks.data.length === 0 && !sifted ? null : (
        <Search page={page} q={query.q ?? ""} label={t.search} maxlength={120}>
          <Filter
            name="status"
            label={t.status}
            options={[{ value: "", label: t.anyStatus }, ...options(t.statuses)]}
            chosen={query.status}
          />
          {people.length === 0 ? null : (
            <Filter name="assigneeId" label={t.assignee} options={[anybody, ...people]} chosen={query.assigneeId} />
          )}
        </Search>
      )}
      {tasks.data.length > 0 ? (
        <Rows
          caption={t.tasks}
          columns={[t.title, t.status, t.assignee, ""]}
          rows={await rowsOf(c, places.pages, tasks.data, new Map(people.map(({ value, label }) => [value, label])))}
        />
      ) : sifted ? (
        <Empty title={t.nothing}>
          <p>{t.nothingText}</p>
          <a href={places.project}>{t.all}</a>
        </Empty>
      ) : (
        <Empty title={t.empty}>
          <p>{t.emptyText}</p>
        </Empty>
      )}
      <Pager page={page} next={tasks.nextCursor} query={query} first={cursor === undefined} />
    </section>
  );
}

export const options = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

async function rowsOf(
  c: Context<PageEnv>,
  pages: string,
  tasks: readonly ShownTask[],
  people: ReadonlyMap<string, string>,
): Promise<Child[][]> {
  const { page } = c.var;
  const t = page.say(messages);
  const { edit, delete: remove } = page.say(common);
  const ids = tasks.map(({ id }) => id);
  const [mayEdit, mayDelete] = await Promise.all([
    rowsFor(page, "task:update", "task", ids),
    rowsFor(page, "task:delete", "task", ids),
  ]);
  return tasks.map(({ id, title, status, assigneeId }) => [
    title,
    mayEdit.has(id) ? (
      <form class="inline" method="post" action={`${pages}/${id}/status`}>
        <Filter name="status" label={t.statusOf(title)} options={options(t.statuses)} chosen={status} />
        <button type="submit" aria-label={`${t.set}: ${title}`}>
          {t.set}
        </button>
      </form>
    ) : (
      t.statuses[status]
    ),
    assigneeId === null ? t.nobody : (people.get(assigneeId) ?? t.somebody),
    <span class="acts">
      {mayEdit.has(id) ? <Act href={`${pages}/${id}/edit`} label={edit} of={title} /> : null}
      {mayDelete.has(id) ? <Act href={`${pages}/${id}/delete`} label={remove} of={title} /> : null}
    </span>,
  ]);
}
