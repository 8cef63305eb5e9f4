import { expect } from "bun:test";
import type { Operation } from "./document.ts";

/** Collects what is wrong over all operations, so that one run names every hole. */
export class Faults {
  readonly #found: string[] = [];

  /** @param fault what is wrong; null when nothing is. */
  add(operation: Pick<Operation, "name">, asked: string, fault: string | null): void {
    if (fault !== null) this.#found.push(`${operation.name}, ${asked}: ${fault}`);
  }

  /** Fails the test with everything that was found. */
  none(): void {
    expect(this.#found).toEqual([]);
  }
}
