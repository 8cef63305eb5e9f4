type Waiting<Question, Answer> = {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (err: unknown) => void;
};

/**
 * Lets questions that arrive together share one statement: the first goes at once, those that come while it is under
 * way wait for the next.
 *
 * @param ask answers a batch, in its order; what it throws is thrown to everyone in the batch.
 * @param limits.inFlight how many batches may be under way at once; `limits.size` how large one may be.
 */
export function batched<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  limits: { inFlight: number; size: number },
): (question: Question) => Promise<Answer> {
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
      const batch = waiting.slice(0, limits.size);
      waiting = waiting.slice(limits.size);
      inFlight++;
      send(batch)
        .finally(() => {
          inFlight--;
          next();
        })
        .catch(() => {});
    }
  };
  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      next();
    });
}
