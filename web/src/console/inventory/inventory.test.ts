import { expect, test } from "vitest";
import { parseItems } from "./csvItems.ts";
import { changeOf, check, EMPTY, fieldOf, requestOf } from "./draft.ts";
import { fromField, toField } from "./instants.ts";

test("a spreadsheet is read with commas or semicolons, quotes and lines in them", () => {
  const text =
    'sku;name;capacity;price\r\nL-1;"Lamp; ""small""\nand white";4;19.99\r\n\r\nL-2;Chair;0;\r\n';
  const { items, problems } = parseItems(text);
  expect(problems).toEqual([]);
  expect(items.map(({ capacity, name, price, sku }) => [sku, name, capacity, price])).toEqual([
    ["L-1", 'Lamp; "small"\nand white', 4, { amount: 1999, currency: "EUR" }],
    ["L-2", "Chair", 0, null],
  ]);
});

test("what is wrong in a spreadsheet is told by line and column", () => {
  const text =
    "sku,name,capacity,sale_starts_at\nL-1,,4,\nL-1,Chair,many,\nL-2,Bed,1,tomorrow\nL-3,Bed,1,2030-01-01T10:00\n";
  expect(parseItems(text).problems).toEqual([
    { kind: "missing", line: 2, column: "name" },
    { kind: "twice", line: 3, column: "sku" },
    { kind: "number", line: 3, column: "capacity" },
    { kind: "instant", line: 4, column: "sale_starts_at" },
    { kind: "instant", line: 5, column: "sale_starts_at" },
  ]);
  expect(parseItems("sku,title\nL-1,Lamp\n").problems).toEqual([
    { kind: "unknown", line: 1, column: "title" },
    { kind: "absent", line: 1, column: "name" },
    { kind: "absent", line: 1, column: "capacity" },
  ]);
});

test("only what was changed is sent", () => {
  const before = { ...EMPTY, sku: "L-1", name: "Lamp", capacity: 4, price: 19.99 };
  expect(changeOf(before, before)).toEqual({});
  expect(changeOf(before, { ...before, name: "Lamp, white", max_per_customer: 2 })).toEqual({
    name: "Lamp, white",
    max_per_customer: 2,
  });
  expect(changeOf(before, { ...before, price: "" })).toEqual({ price: null });
});

test("a price is sent in minor units of its currency", () => {
  const draft = { ...EMPTY, sku: "L-1", name: "Lamp", capacity: 4 };
  expect(requestOf({ ...draft, price: 19.99 }).price).toEqual({ amount: 1999, currency: "EUR" });
  const yen = requestOf({ ...draft, price: 1999, currency: "jpy" }).price;
  expect(yen).toEqual({ amount: 1999, currency: "JPY" });
});

test("what the server would refuse is said at its field before it is asked", () => {
  const wrong = {
    ...EMPTY,
    sku: "L-1",
    sale_starts_at: "2030-01-02T10:00",
    sale_ends_at: "2030-01-01T10:00",
    min_quantity: 3,
    max_quantity: 2,
  };
  expect(check(wrong)).toEqual({
    name: "needed",
    capacity: "needed",
    sale_ends_at: "endsFirst",
    max_quantity: "lessThanMin",
  });
});

test("a field that the server names is found in the form", () => {
  expect(fieldOf("price.amount")).toBe("price");
  expect(fieldOf("price.currency")).toBe("currency");
  expect(fieldOf("sale_ends_at")).toBe("sale_ends_at");
  expect(fieldOf("metadata.color")).toBeNull();
});

test("an instant comes back from its field as it was, to the minute", () => {
  expect(fromField(toField("2030-01-31T18:05:00Z"))).toBe("2030-01-31T18:05:00.000Z");
  expect(fromField("")).toBeNull();
  expect(toField(null)).toBe("");
});
