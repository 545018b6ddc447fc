/** Items from a spreadsheet: a line of names first, then a line for each item. */
import type { Schemas } from "@shared/api/client.ts";
import { digitsOf } from "./draft.ts";

export type NewItem = Schemas["ItemRequest"];

export const COLUMNS = [
  "sku",
  "name",
  "capacity",
  "description",
  "price",
  "currency",
  "sale_starts_at",
  "sale_ends_at",
  "min_quantity",
  "max_quantity",
  "max_per_customer",
  "hold_ttl_seconds",
] as const;

type ColumnName = (typeof COLUMNS)[number];

/** Most items that the server takes at once. */
export const MOST_ITEMS = 1000;

export type LineProblem =
  | { kind: "missing" | "number" | "instant"; line: number; column: string }
  | { kind: "unknown" | "absent"; line: number; column: string }
  | { kind: "twice"; line: number; column: string }
  | { kind: "tooMany"; line: number; column: string };

export interface Parsed {
  items: NewItem[];
  problems: LineProblem[];
}

/** RFC 4180, with commas, semicolons or tabs, whichever the first line has. */
function cells(text: string): string[][] {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const comma = [",", ";", "\t"].find((it) => first.includes(it)) ?? ",";
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.some((it) => it.trim() !== "")) rows.push(row);
    row = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === comma) {
      row.push(cell);
      cell = "";
    } else if (letter === "\n") endRow();
    else if (letter !== "\r" && letter !== "\uFEFF") cell += letter;
  }
  endRow();
  return rows;
}

export function parseItems(text: string): Parsed {
  const [head = [], ...lines] = cells(text);
  const columns = head.map((it) => it.trim().toLowerCase());
  const problems: LineProblem[] = [];
  for (const column of columns)
    if (!COLUMNS.includes(column as ColumnName))
      problems.push({ kind: "unknown", line: 1, column });
  for (const column of ["sku", "name", "capacity"])
    if (!columns.includes(column)) problems.push({ kind: "absent", line: 1, column });
  if (lines.length > MOST_ITEMS)
    problems.push({ kind: "tooMany", line: MOST_ITEMS + 2, column: "" });
  if (problems.length > 0) return { items: [], problems };

  const seen = new Set<string>();
  const items = lines.map((line, index) => {
    const value = (column: ColumnName) => (line[columns.indexOf(column)] ?? "").trim();
    const at = index + 2;
    if (value("sku") !== "" && seen.has(value("sku")))
      problems.push({ kind: "twice", line: at, column: "sku" });
    seen.add(value("sku"));
    return itemOf(value, (kind, column) => problems.push({ kind, line: at, column }));
  });
  return { items, problems };
}

type Say = (kind: "missing" | "number" | "instant", column: string) => void;

function itemOf(value: (column: ColumnName) => string, say: Say): NewItem {
  const needed = (column: ColumnName) => {
    if (value(column) === "") say("missing", column);
    return value(column);
  };
  const number = (column: ColumnName, whole = true) => {
    const text = value(column);
    if (text === "") return null;
    const found = Number(text);
    if (Number.isNaN(found) || found < 0 || (whole && !Number.isInteger(found)))
      say("number", column);
    return found;
  };
  const instant = (column: ColumnName) => {
    const text = value(column);
    if (text === "") return null;
    // With its offset: whose clock would it be else?
    if (Number.isNaN(Date.parse(text)) || !/(Z|[+-]\d\d:\d\d)$/.test(text)) say("instant", column);
    return text;
  };
  const price = number("price", false);
  const currency = (value("currency") || "EUR").toUpperCase();
  return {
    sku: needed("sku"),
    name: needed("name"),
    capacity: needed("capacity") === "" ? 0 : (number("capacity") ?? 0),
    description: value("description") || null,
    price:
      price === null ? null : { amount: Math.round(price * 10 ** digitsOf(currency)), currency },
    sale_starts_at: instant("sale_starts_at"),
    sale_ends_at: instant("sale_ends_at"),
    min_quantity: number("min_quantity") ?? 1,
    max_quantity: number("max_quantity"),
    max_per_customer: number("max_per_customer"),
    hold_ttl_seconds: number("hold_ttl_seconds"),
  };
}
