import { OvertimeError, withinTime } from "./errors.ts";

type Waiting<Question, Answer> = {
  /** On the process's monotonic clock. */
  giveUpAt: number;
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (err: unknown) => void;
};

/** Questions that may wait for a statement; more than these it would never catch up with. */
const waitingMax = 20_000;

/**
 * Lets questions that arrive together share one statement: the first goes at once, those that come while it is under
 * way wait for the next.
 *
 * @param ask answers a batch, in its order; what it throws is thrown to everyone in the batch.
 * @param limits.inFlight how many batches may be under way at once; `limits.size` how large one may be.
 * @param limits.timeoutMs after how many milliseconds a question is given up, answered or not; absent: never.
 * @throws OvertimeError for a question that is given up, or one too many that waits.
 */
export function batched<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  limits: { inFlight: number; size: number; timeoutMs?: number },
): (question: Question) => Promise<Answer> {
  const { timeoutMs = Infinity } = limits;
  let waiting: Waiting<Question, Answer>[] = [];
  let inFlight = 0;
  const send = async (batch: readonly Waiting<Question, Answer>[]): Promise<void> => {
    try {
      const answers = await ask(batch.map((one) => one.question));
      for (const [i, one] of batch.entries()) one.resolve(answers[i] as Answer);
    } catch (err) {
      for (const one of batch) one.reject(err);
    }
  };
  const next = (): void => {
    while (inFlight < limits.inFlight && waiting.length > 0) {
      const now = performance.now();
      // Those behind a statement that took too long have been given up.
      waiting = waiting.filter(({ giveUpAt }) => giveUpAt > now);
      const batch = waiting.slice(0, limits.size);
      waiting = waiting.slice(limits.size);
      if (batch.length === 0) return;
      inFlight++;
      send(batch)
        .finally(() => {
          inFlight--;
          next();
        })
        .catch(() => {});
    }
  };
  return (question) => {
    if (waiting.length >= waitingMax) return Promise.reject(new OvertimeError(0));
    const answer = new Promise<Answer>((resolve, reject) => {
      waiting.push({ question, resolve, reject, giveUpAt: performance.now() + timeoutMs });
      next();
    });
    return timeoutMs === Infinity ? answer : withinTime(answer, timeoutMs);
  };
}
