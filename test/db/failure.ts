/** What `promise` rejects with; undefined when it doesn't. */
export async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (err) {
    return err;
  }
}
