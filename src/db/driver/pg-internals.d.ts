// What pg has and @types/pg leaves out.
declare module "pg/lib/utils.js" {
  /** The text or bytes that a parameter is sent as. Throws for a cyclic object. */
  export function prepareValue(value: unknown): string | Buffer | null;
}
