/** @jsxImportSource hono/jsx */
import type { z } from "zod";
import type { Wire } from "../../../../http/page.ts";
import { When } from "../../../../web/components/list.tsx";
import { ConsoleFrame } from "../../../../web/console/frame.tsx";
import { pageRoutes } from "../../../../web/kit/env.ts";
import { organizationOf } from "../../../../web/kit/organization.ts";
import { rowsFor } from "../../../../web/kit/rows.ts";
import { sections } from "../../../../web/kit/sections.ts";
import { show } from "../../../../web/kit/show.tsx";
import { common } from "../../../../web/messages/common.ts";
import type { Project } from "../schemas.ts";
import { messages } from "./messages.ts";

type Shown = Wire<z.infer<typeof Project>> & { owner: { name: string } | null };

/** One project, with what other modules show of it. */
export const onePage = () =>
  pageRoutes().get("/:id", async (c) => {
    const { page } = c.var;
    const t = page.say(messages);
    const { at, api } = organizationOf(page);
    const id = c.req.param("id");
    const project = await page.api.get<Shown>(api(`/projects/${id}`), { include: "owner" });
    const [mayEdit, mayDelete, below] = await Promise.all([
      rowsFor(page, "project:update", "project", [id]),
      rowsFor(page, "project:delete", "project", [id]),
      sections(c, "project", id),
    ]);
    return show(
      c,
      { title: project.name, frame: ConsoleFrame, live: true },
      <>
        <h1>{project.name}</h1>
        {project.description ? <p class="lines">{project.description}</p> : null}
        <dl>
          <dt>{t.owner}</dt>
          <dd>{project.owner?.name ?? t.nobody}</dd>
          <dt>{t.created}</dt>
          <dd>
            <When page={page} at={project.createdAt} />
          </dd>
        </dl>
        {mayEdit.size + mayDelete.size === 0 ? null : (
          <div class="buttons">
            {mayEdit.has(id) ? (
              <a class="button" href={at(`/projects/${id}/edit`)}>
                {page.say(common).edit}
              </a>
            ) : null}
            {mayDelete.has(id) ? (
              <a class="button danger" href={at(`/projects/${id}/delete`)}>
                {t.trash}
              </a>
            ) : null}
          </div>
        )}
        {below}
      </>,
    );
  });
