import { z } from "zod";

/** An instant on the wire: RFC 3339, UTC. */
export const timestamp = () =>
  z.preprocess((value) => (value instanceof Date ? value.toISOString() : value), z.iso.datetime());

const [firstMs, lastMs] = [0, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

/**
 * An instant from a client, as a Date: RFC 3339 with any offset, from 1970 to 9999, which every part of the service can
 * hold.
 */
export const instant = () =>
  z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) >= firstMs && Date.parse(text) <= lastMs, {
      error: "must be between 1970 and 9999",
    })
    .transform((text) => new Date(text));

/** A day from a client, of the same years. */
export const day = () =>
  z.iso.date().refine((text) => text >= "1970-01-01", { error: "must be between 1970 and 9999" });

/** The address of a picture: an http or https URL, which a browser may load. */
export const pictureUrl = () =>
  z
    .url({ abort: true })
    .max(2048)
    // The document has patterns without flags.
    .regex(/^[Hh][Tt][Tt][Pp][Ss]?:\/\//, "must be an http or https URL");

/** Text from a client: trimmed, of bounded length. */
export const text = (max: number, min = 1) => z.string().trim().min(min).max(max);

/** `{ data, nextCursor }`, as every list answers. */
export const list = <Item extends z.ZodType>(item: Item, id: string) =>
  z
    .object({
      data: z.array(item),
      nextCursor: z.string().nullable().meta({ description: "The `cursor` of the next page; null on the last" }),
    })
    .meta({ id });

/** A schema with an id of its own, or null. The document would lose the null of `.nullable()`. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()]);

/** RFC 9457, as every refusal under /v1 answers. */
export const ProblemDocument = z
  .object({
    type: z.string().meta({ description: "`urn:gatehouse:problem:` and the code" }),
    title: z.string().meta({ description: "What the code means, for people" }),
    status: z.int(),
    detail: z.string().meta({ description: "What was wrong with this request, and what to do" }),
    code: z.string().meta({ description: "What a program switches on; it doesn't change" }),
    requestId: z.string().meta({ description: "As in X-Request-Id" }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: "Where the field stands in the request, with dots" }),
          message: z.string().meta({ description: "What it must be" }),
        }),
      )
      .optional()
      .meta({ description: "The fields that must change" }),
    signIn: z
      .url()
      .optional()
      .meta({ description: "Where one signs in again; add `return_to`, the place to come back to" }),
    secondFactor: z.url().optional().meta({ description: "Where one sets up a second factor" }),
  })
  .meta({ id: "Problem" });

/** The id of a row in a path. Anything but a UUID names nothing: 404, like every row that isn't there. */
export const rowId = z.string().meta({ format: "uuid", description: "Its id" });
