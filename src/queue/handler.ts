import { Hopeless } from "../core/hopeless.ts";
import type { JobKind } from "./queue.ts";

/** Who does a kind of work. */
export type Handler = {
  readonly kind: string;
  /** How much of it one process does at once. */
  readonly slots: number;
  /**
   * @throws what makes it be tried again later; `Hopeless` where no later try can help.
   */
  handle(payload: unknown, run: Run): Promise<void>;
};

/** One try. @property id the job's, the same for each try. @property signal is aborted when its time is over. */
export type Run = { readonly id: string; readonly signal: AbortSignal };

/** Binds a kind of work to what does it, which is given what the kind's schema has read. */
export function handler<Payload>(
  kind: JobKind<Payload>,
  slots: number,
  handle: (payload: Payload, run: Run) => Promise<void>,
): Handler {
  return {
    kind: kind.name,
    slots,
    async handle(payload, run) {
      const read = kind.schema.safeParse(payload);
      // Not zod's words, which may repeat what was sent.
      if (!read.success) throw new Hopeless(`not a payload of the kind ${kind.name}`);
      await handle(read.data, run);
    },
  };
}
