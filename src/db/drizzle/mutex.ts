import { AsyncLocalStorage } from "node:async_hooks";
import { MisuseError } from "../errors.ts";

type Turn = {
  readonly of: Mutex;
  readonly outer: Turn | undefined;
  live: boolean;
};

const current = new AsyncLocalStorage<Turn>();

/** Lets one piece of work run at a time. Asking for a turn while holding one is an error instead of a deadlock. */
export class Mutex {
  #last: Promise<void> | undefined;
  #waiting = 0;

  /** @param misuse the message of the error for asking for a turn while holding one. */
  constructor(readonly misuse: string) {}

  get waiting(): number {
    return this.#waiting;
  }

  get busy(): boolean {
    return this.#last !== undefined;
  }

  /** Runs `work` after all work before it. For work that calls nobody else's code: it costs no async context. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    for (let turn = current.getStore(); turn; turn = turn.outer)
      if (turn.live && turn.of === this) throw new MisuseError(this.misuse);
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    if (before) {
      this.#waiting++;
      await before;
      this.#waiting--;
    }
    try {
      return await work();
    } finally {
      if (this.#last === promise) this.#last = undefined;
      resolve();
    }
  }

  /** As `run`, for work that calls its caller's code, such as a transaction: a turn asked for inside throws `misuse`. */
  runGuarded<T>(work: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      const turn: Turn = { of: this, outer: current.getStore(), live: true };
      try {
        return await current.run(turn, work);
      } finally {
        turn.live = false;
      }
    });
  }
}
