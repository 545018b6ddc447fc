import { expect, test } from "vitest";
import type { Own } from "../storefront/reservations.ts";
import { addDays, addMonths, dateIn, isDate, nameOf, startOf, weeksOf } from "./dates.ts";
import { byDay, freeOf } from "./days.ts";
import { draftOf, dropDraft, keepDraft } from "./drafts.ts";
import { withCounts } from "./freshSlots.ts";
import { dayAfterKey } from "./gridKeys.ts";
import { mineOf } from "./mine.ts";
import { slotState } from "./SlotLine.tsx";
import { pickSearch } from "./search.ts";
import type { Slot } from "./slot.ts";
import { span } from "./span.ts";

const instant = (time: string) => Date.parse(time);

test("a day begins at midnight of its zone, also where the clocks change on it", () => {
  expect(startOf("2026-10-25", "Europe/Berlin")).toBe(instant("2026-10-24T22:00:00Z"));
  expect(startOf("2026-10-26", "Europe/Berlin")).toBe(instant("2026-10-25T23:00:00Z"));
  expect(startOf("2027-03-28", "Europe/Berlin")).toBe(instant("2027-03-27T23:00:00Z"));
  expect(startOf("2027-03-29", "Europe/Berlin")).toBe(instant("2027-03-28T22:00:00Z"));
  expect(startOf("2026-11-30", "Asia/Kathmandu")).toBe(instant("2026-11-29T18:15:00Z"));
  expect(startOf("2026-11-30", "Pacific/Kiritimati")).toBe(instant("2026-11-29T10:00:00Z"));
});

test("a day without a midnight begins where its clocks begin", () => {
  // Lebanon's clocks go forward at midnight: the day begins at one o'clock.
  const start = startOf("2026-03-29", "Asia/Beirut");
  expect(start).toBe(instant("2026-03-28T22:00:00Z"));
  expect(dateIn(start, "Asia/Beirut")).toBe("2026-03-29");
  expect(dateIn(start - 1, "Asia/Beirut")).toBe("2026-03-28");
});

test("a day with two midnights begins at the first", () => {
  // Cuba's clocks go back from one o'clock to midnight.
  const start = startOf("2026-11-01", "America/Havana");
  expect(start).toBe(instant("2026-11-01T04:00:00Z"));
  expect(dateIn(start - 1, "America/Havana")).toBe("2026-10-31");
});

test("an hour that comes twice is told apart by its zone", () => {
  const slot = (at: string) => ({
    starts_at: at,
    ends_at: new Date(instant(at) + 1_200_000).toISOString(),
  });
  const first = span(slot("2026-10-25T00:30:00Z"), "en", "Europe/Berlin");
  const second = span(slot("2026-10-25T01:30:00Z"), "en", "Europe/Berlin");
  expect(first).toContain("GMT+2");
  expect(second).toContain("GMT+1");
  const across = { starts_at: "2026-10-25T00:30:00Z", ends_at: "2026-10-25T01:30:00Z" };
  expect(span(across, "de", "Europe/Berlin")).toBe("02:30 MESZ – 02:30 MEZ");
});

test("what ends on another day says on which", () => {
  const night = { starts_at: "2026-11-29T18:00:00Z", ends_at: "2026-11-30T06:00:00Z" };
  expect(span(night, "de", "Europe/Athens")).toBe("20:00 – Mo, 08:00 OEZ");
});

test("slots are on the day that their zone's clocks say", () => {
  const slots = [slotOf({ starts_at: "2026-11-29T22:30:00Z" })];
  expect([...byDay(slots, "Europe/Athens").keys()]).toEqual(["2026-11-30"]);
  expect([...byDay(slots, "America/Chicago").keys()]).toEqual(["2026-11-29"]);
});

test("a month has its weeks from Monday, and nothing where other months are", () => {
  const weeks = weeksOf("2026-11");
  expect(weeks).toHaveLength(6);
  expect(weeks[0]).toEqual([null, null, null, null, null, null, "2026-11-01"]);
  expect(weeks.at(-1)).toEqual(["2026-11-30", null, null, null, null, null, null]);
  expect(weeksOf("2026-12").flat().filter(Boolean)).toHaveLength(31);
  expect(weeksOf("2027-02")).toHaveLength(4);
});

test("keys lead to where the pattern of a date grid says", () => {
  const from = (key: string, shift = false) => dayAfterKey("2026-12-31", key, shift);
  expect(from("ArrowRight")).toBe("2027-01-01");
  expect(from("ArrowLeft")).toBe("2026-12-30");
  expect(from("ArrowDown")).toBe("2027-01-07");
  expect(from("ArrowUp")).toBe("2026-12-24");
  expect(from("Home")).toBe("2026-12-28");
  expect(from("End")).toBe("2027-01-03");
  expect(from("PageUp")).toBe("2026-11-30");
  expect(from("PageDown", true)).toBe("2027-12-31");
  expect(from("a")).toBeNull();
});

test("months are added without leaving them", () => {
  expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
  expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
  expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
  expect(nameOf("2026-11-30", "en", { weekday: "long" })).toBe("Monday");
});

test("nonsense in the address is left out", () => {
  expect(pickSearch({ day: "2026-02-30", month: "13", site: "x", zone: "mars" })).toEqual({});
  expect(isDate("2026-02-28")).toBe(true);
  const good = { day: "2026-02-28", month: "2026-02", site: "site_1", with: "pool_1" };
  expect(pickSearch({ ...good, service: "Visit", zone: "own" })).toEqual({
    ...good,
    service: "Visit",
    zone: "own",
  });
});

test("what one holds oneself is still one's own to take, what others hold is full", () => {
  const full = slotOf({ bookable: false, reason: "sold_out", available: 0 });
  const mine = mineOf([ownOf(full.id, "held")]);
  expect(slotState(full, undefined)).toBe("full");
  expect(slotState(full, mine.get(full.id))).toBe("held");
  expect(freeOf([full], mine)).toBe(1);
  expect(freeOf([full], mineOf([ownOf(full.id, "expired")]))).toBe(0);
  expect(slotState(full, mineOf([ownOf(full.id, "confirmed")]).get(full.id))).toBe("booked");
});

test("counts make a slot newer, and never older", () => {
  const slot = slotOf({ available: 1, version: 5 });
  const counts = (seq: number, available: number, offering = slot.id) =>
    ({ offering, seq, available }) as Parameters<typeof withCounts>[1];
  expect(withCounts(slot, counts(5, 0))).toBe(slot);
  expect(withCounts(slot, counts(9, 0, "slot_other"))).toBe(slot);
  const taken = withCounts(slot, counts(6, 0));
  expect(taken).toMatchObject({ available: 0, bookable: false, reason: "sold_out", version: 6 });
  expect(withCounts(taken, counts(7, 1))).toMatchObject({ bookable: true, reason: null });
  const late = slotOf({ bookable: false, reason: "too_late_to_book", version: 1 });
  expect(withCounts(late, counts(2, 1)).bookable).toBe(false);
});

const TYPED = { quantity: 2, guests: 1, notes: "שלום <b>" };
const NOTHING = { quantity: 1, guests: null, notes: "" };

test("what was typed is there again, whatever became of the page", () => {
  keepDraft("slot_1", TYPED, null);
  expect(draftOf("slot_1", null)).toEqual(TYPED);
  expect(draftOf("slot_1", "usr_1")).toEqual(TYPED);
  dropDraft("slot_1");
  expect(draftOf("slot_1", null)).toEqual(NOTHING);
  sessionStorage.setItem("firmhold.draft.slot_1", "{");
  expect(draftOf("slot_1", null)).toEqual(NOTHING);
});

test("what one person has typed is shown to no other, and to them after signing in again", () => {
  keepDraft("slot_2", TYPED, "usr_1");
  expect(draftOf("slot_2", "usr_2")).toEqual(NOTHING);
  expect(draftOf("slot_2", null)).toEqual(NOTHING);
  keepDraft("slot_2", { ...TYPED, notes: "more" }, null);
  expect(draftOf("slot_2", null)).toEqual(NOTHING);
  expect(draftOf("slot_2", "usr_1").notes).toBe("more");
});

function slotOf(more: Partial<Slot>): Slot {
  return {
    id: "slot_1",
    available: 1,
    min_quantity: 1,
    version: 1,
    open: true,
    withdrawn_at: null,
    bookable: true,
    reason: null,
    ...more,
  } as Slot;
}

function ownOf(offering: string, status: string): Own {
  const lines = [{ offering, held: status === "held" ? 1 : 0, confirmed: 1 }];
  return { reservation: { id: "rsv_1", status, lines }, token: null } as unknown as Own;
}
