import { describe, expect, test } from "vitest";
import { axisOf, holesOf, instantAt, rowOf } from "./axis.ts";
import { sideBySide } from "./lanes.ts";
import { hoursOf, instantOf, meant, onDate, rfc3339, weekOf, zonedDay } from "./zone.ts";

const BERLIN = "Europe/Berlin";
const week = (date: string, zone = BERLIN) => weekOf(date).map((it) => zonedDay(it, zone));

describe("a day by the clocks of a site", () => {
  test("has 23 hours when the clocks go forward, and 25 when they go back", () => {
    expect(hoursOf(zonedDay("2027-03-28", BERLIN))).toBe(23);
    expect(hoursOf(zonedDay("2027-10-31", BERLIN))).toBe(25);
    expect(hoursOf(zonedDay("2027-03-27", BERLIN))).toBe(24);
  });

  test("has a time that occurs twice twice, and one that is skipped not at all", () => {
    const keys = (date: string) => zonedDay(date, BERLIN).steps.map(({ key }) => key);
    expect(keys("2027-10-31").slice(3, 10)).toEqual([
      "01:30#0",
      "02:00#0",
      "02:30#0",
      "02:00#1",
      "02:30#1",
      "03:00#0",
      "03:30#0",
    ]);
    expect(keys("2027-03-28").slice(3, 5)).toEqual(["01:30#0", "03:00#0"]);
  });

  test("is in a week from Monday on", () => {
    expect(weekOf("2027-03-28")[0]).toBe("2027-03-22");
    expect(weekOf("2027-03-22")[6]).toBe("2027-03-28");
  });

  test("can be longer by half an hour", () => {
    expect(hoursOf(zonedDay("2027-04-04", "Australia/Lord_Howe"))).toBe(24.5);
  });
});

describe("a time that somebody types", () => {
  test("is one instant on most days", () => {
    const at = instantOf(meant("2027-03-27", "02:30", BERLIN), false) ?? 0;
    expect(rfc3339(at, BERLIN)).toBe("2027-03-27T02:30:00+01:00");
  });

  test("is none where the clocks skip it, and the next one is known", () => {
    const found = meant("2027-03-28", "02:30", BERLIN);
    expect(found?.kind).toBe("none");
    expect(instantOf(found, false)).toBeNull();
  });

  test("is one of two where the clocks go back", () => {
    const found = meant("2027-10-31", "02:30", BERLIN);
    expect(found?.kind).toBe("two");
    expect(rfc3339(instantOf(found, false) ?? 0, BERLIN)).toBe("2027-10-31T02:30:00+02:00");
    expect(rfc3339(instantOf(found, true) ?? 0, BERLIN)).toBe("2027-10-31T02:30:00+01:00");
  });

  test("stays the same by the clocks when it is put on another date", () => {
    const at = Date.parse("2027-03-27T09:00:00+01:00");
    expect(rfc3339(onDate(at, "2027-03-29", BERLIN), BERLIN)).toBe("2027-03-29T09:00:00+02:00");
  });
});

describe("the axis of a week", () => {
  test("has the rows of the longest day, and holes where others have none", () => {
    const days = week("2027-10-31");
    const axis = axisOf(days);
    expect(axis.keys).toHaveLength(50);
    const [monday, sunday] = [days[0], days[6]];
    if (monday === undefined || sunday === undefined) throw new Error("no week");
    expect(holesOf(axis, sunday)).toEqual([]);
    expect(holesOf(axis, monday)).toEqual([
      { row: 6, rows: 2, from: "02:00", to: "03:00", skipped: false },
    ]);
    // Nine o'clock is on the same row on each day.
    const nine = (day: typeof monday, instant: string) => rowOf(axis, day, Date.parse(instant));
    expect(nine(monday, "2027-10-25T09:00:00+02:00")).toBe(20);
    expect(nine(sunday, "2027-10-31T09:00:00+01:00")).toBe(20);
  });

  test("says what the clocks skip", () => {
    const days = week("2027-03-28");
    const sunday = days[6];
    if (sunday === undefined) throw new Error("no week");
    expect(holesOf(axisOf(days), sunday)).toEqual([
      { row: 4, rows: 2, from: "02:00", to: "03:00", skipped: true },
    ]);
  });

  test("has an end of what lasts until the skipped hour before it, and what begins then after", () => {
    const days = week("2027-03-28");
    const sunday = days[6];
    if (sunday === undefined) throw new Error("no week");
    const at = Date.parse("2027-03-28T03:00:00+02:00");
    expect(rowOf(axisOf(days), sunday, at, true)).toBe(4);
    expect(rowOf(axisOf(days), sunday, at)).toBe(6);
  });

  test("gives the instant back that a place means, and none for what is skipped", () => {
    const days = week("2027-03-28");
    const sunday = days[6];
    if (sunday === undefined) throw new Error("no week");
    const axis = axisOf(days);
    const found = instantAt(axis, sunday, 18.6, 15) ?? 0;
    expect(rfc3339(found, BERLIN)).toBe("2027-03-28T09:15:00+02:00");
    expect(instantAt(axis, sunday, 4.5, 15)).toBeNull();
  });
});

describe("slots that overlap", () => {
  const span = (start: number, end: number) => ({ start, end });

  test("stand side by side, and others have the whole width", () => {
    const { placed } = sideBySide([span(0, 2), span(1, 3), span(2, 4), span(5, 6)]);
    expect(placed.map(({ lane, lanes }) => [lane, lanes])).toEqual([
      [0, 2],
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
  });

  test("are gathered where they are too many", () => {
    const { more, placed } = sideBySide([span(0, 2), span(0, 2), span(0, 2), span(1, 3)], 3);
    expect(placed).toHaveLength(2);
    expect(more).toEqual([
      { items: [span(0, 2), span(1, 3)], start: 0, end: 3, lane: 2, lanes: 3 },
    ]);
  });
});
