import { z } from "zod";

/** An instant on the wire: RFC 3339, UTC. */
export const timestamp = () =>
  z.preprocess((value) => (value instanceof Date ? value.toISOString() : value), z.iso.datetime());

/** Text from a client: trimmed, of bounded length. */
export const text = (max: number, min = 1) => z.string().trim().min(min).max(max);

/** `{ data, nextCursor }`, as every list answers. */
export const list = <Item extends z.ZodType>(item: Item, id: string) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

/** RFC 9457, as every refusal under /v1 answers. */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

/** The id of a row in a path. Anything but a UUID names nothing: 404, like every row that isn't there. */
export const rowId = z.string().meta({ format: "uuid" });
