/** Whether an entry that was proved is what a list shows: else the proof is of something else. */
import type { Schemas } from "@shared/api/client.ts";

type Sealed = Schemas["InclusionView"];

export function isAct({ commitments, entry }: Sealed, act: Schemas["ActView"]): boolean {
  const [, , id, kind, at, , actor, subject, facts] = entry;
  if (`act_${String(id)}` !== act.id || kind !== act.kind || !isAt(at, act.at)) return false;
  // What was erased is not there to be compared.
  if (commitments) return true;
  const told: unknown = typeof facts === "string" ? JSON.parse(facts) : null;
  return actor === act.actor && subject === act.subject && same(told, act.facts);
}

export function isEntry(
  { commitments, entry }: Sealed,
  offering: string,
  shown: Schemas["EntryView"],
): boolean {
  const [, , id, number, kind, reservation, , held, confirmed] = entry;
  const counts = entry.slice(9, 12);
  const [at, , , actor, reason] = entry.slice(12);
  if (!offering.endsWith(`_${String(id)}`) || number !== shown.seq || kind !== shown.kind)
    return false;
  const whose = reservation === null ? null : `rsv_${String(reservation)}`;
  if (whose !== shown.reservation || !isAt(at, shown.at)) return false;
  if (held !== shown.held_delta || confirmed !== shown.confirmed_delta) return false;
  if (!same(counts, [shown.capacity, shown.held, shown.confirmed])) return false;
  return Boolean(commitments) || (actor === shown.actor && reason === shown.reason);
}

/** Microseconds since 1970, and an instant in RFC 3339. */
function isAt(microseconds: unknown, instant: string): boolean {
  return Math.floor(Number(microseconds) / 1000) === Date.parse(instant);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, it]) => [name, sorted(it)]));
}
