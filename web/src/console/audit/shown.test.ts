import { expect, test } from "vitest";
import { ACT, ENTRY } from "./check.fixture.ts";
import { isAct, isEntry } from "./shown.ts";

test("an act that is shown otherwise than it was sealed is not the one that was proved", () => {
  const [, , id, kind, at, , actor, subject, facts] = ACT.entry;
  const act = {
    id: `act_${String(id)}`,
    kind: String(kind),
    actor: String(actor),
    subject: String(subject),
    facts: JSON.parse(String(facts)) as Record<string, never>,
    at: new Date(Number(at) / 1000).toISOString(),
  };
  expect(isAct(ACT, act)).toBe(true);
  expect(isAct(ACT, { ...act, actor: "user:usr_other" })).toBe(false);
  expect(isAct(ACT, { ...act, facts: {} })).toBe(false);
  expect(isAct(ACT, { ...act, at: "2026-01-01T00:00:00Z" })).toBe(false);
});

test("an entry of the ledger with another count or reason is not the one that was proved", () => {
  const [, , id, , , reservation] = ENTRY.entry;
  const [at, , , actor, reason] = ENTRY.entry.slice(12);
  const shown = {
    seq: 3,
    kind: "cancelled" as const,
    at: new Date(Number(at) / 1000).toISOString(),
    actor: String(actor),
    reservation: `rsv_${String(reservation)}`,
    capacity_delta: 0,
    held_delta: 0,
    confirmed_delta: -1,
    capacity: 5,
    held: 0,
    confirmed: 0,
    reason: String(reason),
    hold_expires_at: null,
  };
  const offering = `item_${String(id)}`;
  expect(isEntry(ENTRY, offering, shown)).toBe(true);
  expect(isEntry(ENTRY, offering, { ...shown, capacity: 6 })).toBe(false);
  expect(isEntry(ENTRY, offering, { ...shown, reason: null })).toBe(false);
  expect(isEntry(ENTRY, "item_other", shown)).toBe(false);
});
