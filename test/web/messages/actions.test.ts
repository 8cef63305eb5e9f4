import { expect, test } from "bun:test";
import type { Page } from "../../../src/http/page.ts";
import { modules } from "../../../src/modules.ts";
import { actionName } from "../../../src/web/messages/actions.ts";

test("every event that a module declares has words: what has none isn't in brackets", () => {
  const events = modules.flatMap(({ events = {} }) => Object.keys(events));
  expect(events.length).toBeGreaterThan(40);
  const page = { say: (messages) => messages.xx } as Page;
  expect(events.filter((event) => !/^⟦[^⟧]+⟧( ⟦[^⟧]+⟧)?$/.test(actionName(page, event)))).toEqual([]);
});
