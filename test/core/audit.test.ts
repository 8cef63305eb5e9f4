import { expect, test } from "bun:test";
import { difference } from "../../src/core/audit.ts";

test("a creation shows every field from null, a deletion to null, a change what differs", () => {
  const row = { id: "1", name: "a", note: null, at: new Date(0) };
  const at = "1970-01-01T00:00:00.000Z";
  expect(difference(null, row)).toEqual({
    id: { from: null, to: "1" },
    name: { from: null, to: "a" },
    at: { from: null, to: at },
  });
  expect(difference(row, null)).toEqual({
    id: { from: "1", to: null },
    name: { from: "a", to: null },
    at: { from: at, to: null },
  });
  expect(difference(row, { ...row, name: "b", at: new Date(0) })).toEqual({ name: { from: "a", to: "b" } });
});

test("equal rows differ in nothing, whenever they were written and whatever is undefined", () => {
  const before = { id: "1", settings: { a: [1, { b: 2 }] }, updatedAt: new Date(0) };
  const after = { id: "1", settings: { a: [1, { b: 2 }] }, updatedAt: new Date(1), note: undefined };
  expect(difference(before, after)).toEqual({});
});

test.each(["password", "newPassword", "token", "accessToken", "keyHash", "key", "privateKey", "clientSecret"])(
  "the field %s is named, its value isn't shown",
  (field) => {
    const canary = "canary-in-the-mine";
    const changes = difference({ [field]: null }, { [field]: canary });
    expect(changes).toEqual({ [field]: { from: null, to: "[redacted]" } });
    expect(difference({ [field]: canary }, { [field]: "other" })).toEqual({
      [field]: { from: "[redacted]", to: "[redacted]" },
    });
    const nested = difference(null, { settings: { smtp: [{ host: "a", [field]: canary }] } });
    expect(nested).toEqual({
      settings: { from: null, to: { smtp: [{ host: "a", [field]: "[redacted]" }] } },
    });
  },
);

test("a field that isn't secret whatever its name is shown, and only at the top", () => {
  expect(difference({ key: "a", token: "t" }, { key: "b", token: "u" }, ["key"])).toEqual({
    key: { from: "a", to: "b" },
    token: { from: "[redacted]", to: "[redacted]" },
  });
});
