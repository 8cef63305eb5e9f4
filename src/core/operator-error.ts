/** Why the service can't run, as one line for whoever runs it: what is wrong, where, and what to do. No secret. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}
