import { test as bunTest } from "bun:test";

/** What can say what was asked of it and what went wrong. */
type Reports = { report(): string };
type Test = typeof bunTest;
type Work = (...args: unknown[]) => unknown;

/**
 * bun's `test` for a file whose tests share one service: where one fails, it prints what was asked and what went wrong.
 *
 * @param service the file's, when a test runs.
 */
export function reporting(service: () => Reports, test: Test = bunTest): Test {
  const wrapped = (given: unknown[]) =>
    given.map((each) =>
      typeof each === "function"
        ? (...args: unknown[]) => reported(service(), async () => void (await (each as Work)(...args)))
        : each,
    );
  return new Proxy(test, {
    apply: (on, self, given: unknown[]) => Reflect.apply(on, self, wrapped(given)) as unknown,
    get(on, key) {
      const inner: unknown = Reflect.get(on, key);
      if (key !== "each" && key !== "skipIf") return inner;
      return (...args: unknown[]) => reporting(service, Reflect.apply(inner as Work, on, args) as Test);
    },
  });
}

/** Says what was asked and what went wrong, where `test` fails. */
export async function reported<S extends Reports>(service: S, test: (service: S) => Promise<void>): Promise<void> {
  try {
    await test(service);
  } catch (err) {
    console.error(service.report());
    throw err;
  }
}
