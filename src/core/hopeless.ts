/** What is done later failed, and no later try would get it done. It is kept for the operator. */
export class Hopeless extends Error {
  override readonly name = "Hopeless";
}
