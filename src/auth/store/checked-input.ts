import type { DBAdapter } from "@better-auth/core/db/adapter";
import { APIError } from "better-auth/api";
import type { getAuthTables } from "better-auth/db";

type Tables = ReturnType<typeof getAuthTables>;
type Where = NonNullable<Parameters<DBAdapter["findMany"]>[0]["where"]>[number];

const refuse = (code: string, message: string) => new APIError("BAD_REQUEST", { code, message });

/**
 * Refuses what better-auth passes on unchecked from a request and the adapter or the database would fail on: a field
 * that a model doesn't have, a text that isn't one, a date that isn't one, an id that can't be one, an update of nothing, a page before the first.
 *
 * @throws APIError 400, from every call.
 */
export const checkedInput =
  (tables: Tables) =>
  (adapter: DBAdapter): DBAdapter => {
    const has = (model: string, field: string) => field === "id" || Object.hasOwn(tables[model]?.fields ?? {}, field);
    const filters = (model: string, where: readonly Where[] = []): Where[] =>
      where.map((filter) => {
        const { field } = filter;
        if (!has(model, field)) throw refuse("INVALID_FILTER_FIELD", "There is no such field to filter by.");
        return { ...filter, value: comparable(tables[model]?.fields[field]?.type ?? "string", filter) };
      });
    /** The database would store the JSON of anything as a text. */
    const texts = (model: string, fields: object): void => {
      for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
        const text = tables[model]?.fields[field]?.type === "string";
        if (text && value !== null && value !== undefined && typeof value !== "string")
          throw refuse("VALIDATION_ERROR", `${field} is a text.`);
      }
    };
    const update = (model: string, fields: object): void => {
      if (Object.entries(fields).every(([field, value]) => value === undefined || !has(model, field)))
        throw refuse("NOTHING_TO_UPDATE", "There is nothing to update.");
      dates(fields);
      texts(model, fields);
    };
    return {
      ...adapter,
      create: async (data) => {
        dates(data.data);
        texts(data.model, data.data);
        // An administrator's request may carry one, and it goes into headers.
        if (!/^[\w-]{1,64}$/.test(String(data.data["id"] ?? "none"))) throw refuse("INVALID_ID", "The id isn't valid.");
        return adapter.create(data) as never;
      },
      findOne: async (data) => {
        return adapter.findOne({ ...data, where: filters(data.model, data.where) });
      },
      findMany: async (data) => {
        if (data.sortBy && !has(data.model, data.sortBy.field))
          throw refuse("INVALID_SORT_FIELD", "There is no such field to sort by.");
        if ((data.offset ?? 0) < 0 || (data.limit ?? 0) < 0) throw refuse("INVALID_PAGE", "There is no such page.");
        return adapter.findMany({ ...data, where: filters(data.model, data.where) });
      },
      count: async (data) => {
        return adapter.count({ ...data, where: filters(data.model, data.where) });
      },
      update: async (data) => {
        update(data.model, data.update);
        return adapter.update(data);
      },
      updateMany: async (data) => {
        update(data.model, data.update);
        return adapter.updateMany(data);
      },
    };
  };

/** What a column is compared with, of its own type: a query holds texts alone. @throws APIError 400 for what isn't. */
function comparable(type: unknown, { operator = "eq", value }: Where): Where["value"] {
  if (operator === "in" || operator === "not_in")
    return [value].flat().map((each) => comparable(type, { field: "", value: each })) as string[];
  const partly = operator === "contains" || operator === "starts_with" || operator === "ends_with";
  if (Array.isArray(value) || (partly && type !== "string"))
    throw refuse("INVALID_FILTER_VALUE", "The field can't be compared so.");
  if (value === null || typeof value === "object" || type === "string") {
    dates({ value });
    return value;
  }
  const read = readers[String(type)]?.(String(value));
  if (read === undefined) throw refuse("INVALID_FILTER_VALUE", "The field never has such a value.");
  return read;
}

const readers: Readonly<Record<string, (text: string) => Date | number | boolean | undefined>> = {
  date: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
  number: (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text)),
  boolean: (text) => (text === "true" || text === "false" ? text === "true" : undefined),
};

/** @throws APIError 400 for a date that isn't one. */
function dates(fields: object): void {
  for (const value of Object.values(fields) as unknown[])
    if (value instanceof Date && Number.isNaN(value.getTime())) throw refuse("INVALID_DATE", "A date isn't valid.");
}
