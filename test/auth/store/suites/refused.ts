const renamed = {
  error: "There is no such field to filter by.",
  why:
    "Audit, history and the guards know models and fields by better-auth's own names, and this service renames none: " +
    "under another name they would see nothing. The adapter refuses it.",
};

/** The suites' tests that can't hold for this service's adapter, by name; each fails with the error that refuses it. */
export const refused: Readonly<Record<string, { error: string; why: string }>> = {
  "findOne ─ should find a model with modified field name": renamed,
  "findOne ─ should find a model with modified model name": renamed,
  "findOne ─ should join a model with modified field name": renamed,
};
