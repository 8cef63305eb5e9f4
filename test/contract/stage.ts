import type { Actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { keyHolder } from "../harness/keys.ts";
import { filled, type Operation } from "./document.ts";
import { fillings, openWorld, type World } from "./world.ts";

/** A world in which somebody may call every operation. */
export type Stage = {
  service: Service;
  world: World;
  who: (operation: Operation) => Actor;
  /** The operation's path, by rows that are there. */
  at: (operation: Operation) => string;
};

/** Runs over such a world, with the options of `inSandbox`. */
export const onStage = (
  run: (stage: Stage) => Promise<void>,
  options?: Parameters<typeof inSandbox>[1],
): Promise<void> =>
  inSandbox(async (service) => {
    const world = await openWorld(service);
    const key = await keyHolder(service, world.a, [...(service.deps.roles.get("owner") ?? [])]);
    const admin = await service.signUp({ administrator: true });
    await service.database.statement("", `update "user" set email_verified = true`, []);
    await run({
      service,
      world,
      who: ({ access }) => (access.kind === "service" ? key : access.kind === "platform" ? admin : world.owner),
      at: (operation) => {
        const [values] = fillings(operation.path, operation.params, world.rowsOfA);
        return filled(operation.path, { org: world.a.id, ...values });
      },
    });
  }, options);
