import { describe, expect, test } from "bun:test";
import { DrizzleQueryError } from "drizzle-orm/errors";
import {
  constraintOf,
  isForeignKeyViolation,
  isLost,
  isUnavailable,
  isUniqueViolation,
  sqlState,
  withinTime,
} from "../../src/db/errors.ts";

const wrapped = (fields: object, message = "driver") =>
  new DrizzleQueryError("select 1", [], Object.assign(new Error(message), fields));

test("the SQLSTATE and the constraint are found under any number of wrappers", () => {
  const err = new Error("outer", { cause: wrapped({ code: "23505", constraint: "member_unique" }) });
  expect(sqlState(err)).toBe("23505");
  expect(constraintOf(err)).toBe("member_unique");
  expect(isUniqueViolation(err)).toBe(true);
  expect(isUniqueViolation(err, "member_unique")).toBe(true);
  expect(isUniqueViolation(err, "other")).toBe(false);
  expect(isForeignKeyViolation(err)).toBe(false);
});

test("what is no database error has no SQLSTATE", () => {
  for (const value of [
    undefined,
    null,
    "23505",
    5,
    {},
    new Error("x"),
    { code: "EPIPE" },
    { code: "ENOENT" },
    { code: 23505 },
  ]) {
    expect(sqlState(value)).toBeUndefined();
    expect(isUniqueViolation(value)).toBe(false);
  }
});

test("a cause that leads back to itself ends the search", () => {
  const err = new Error("loop");
  err.cause = err;
  expect(sqlState(err)).toBeUndefined();
  expect(isUnavailable(err)).toBe(false);
});

describe("the database is unavailable", () => {
  const lost = ["57P01", "57P02", "57P03", "57P05", "25006", "25P03", "25P04", "28000", "28P01", "3D000", "55000"];
  const states = [
    ...lost,
    "08000",
    "08006",
    "08P01",
    "58030",
    "53100",
    "53200",
    "53300",
    "57014",
    "55P03",
    "40P01",
    "40001",
  ];
  const systems = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"];
  test.each([...states, ...systems])("on %s", (code) => {
    expect(isUnavailable(wrapped({ code }))).toBe(true);
  });

  test.each([
    "Connection terminated",
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout exceeded when trying to connect",
    "timeout expired",
    "Client has encountered a connection error and is not queryable",
    "Cannot use a pool after calling end on the pool",
    "PGlite is closed",
    "PGlite is closing",
  ])("on the driver's “%s”", (message) => {
    expect(isUnavailable(wrapped({}, message))).toBe(true);
  });

  test.each(["57014", "55P03", "53100", "40P01", "40001"])("on %s, whose connection is as good as before", (code) => {
    expect(isLost(wrapped({ code }))).toBe(false);
  });

  test.each([...lost, ...systems])("on %s, whose connection is of no more use", (code) => {
    expect(isLost(wrapped({ code }))).toBe(true);
  });

  test("on an answer that takes longer than it was given, and not on one in time", async () => {
    const late = await withinTime(new Promise(() => {}), 5).catch((err: unknown) => err);
    expect(isUnavailable(late)).toBe(true);
    expect(await withinTime(Promise.resolve("in time"), 60_000)).toBe("in time");
  });

  test("on a socket file that is gone", () => {
    expect(isUnavailable(wrapped({ code: "ENOENT", syscall: "connect" }))).toBe(true);
  });
});

describe("the database is there", () => {
  test.each(["23505", "42501", "42P01", "25P02"])("on %s", (code) => {
    expect(isUnavailable(wrapped({ code }))).toBe(false);
    expect(isLost(wrapped({ code }))).toBe(false);
  });

  test("on an error of another kind", () => {
    expect(isUnavailable(new TypeError("x is not a function"))).toBe(false);
    expect(isUnavailable({ code: "ENOENT", syscall: "open" })).toBe(false);
    expect(isUnavailable(undefined)).toBe(false);
  });
});
