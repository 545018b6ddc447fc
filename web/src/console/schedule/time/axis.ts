/**
 * One axis for all the days that stand side by side. It is that of the longest: a time that occurs
 * twice has two rows, and a day without a row is hatched there.
 */
import type { ZonedDay } from "./zone.ts";

export interface Axis {
  keys: string[];
  row: ReadonlyMap<string, number>;
}

export function axisOf(days: readonly ZonedDay[]): Axis {
  const longest = days.reduce<ZonedDay | undefined>(
    (most, day) => (most === undefined || day.steps.length > most.steps.length ? day : most),
    undefined,
  );
  const keys = longest?.steps.map(({ key }) => key) ?? [];
  return { keys, row: new Map(keys.map((key, row) => [key, row])) };
}

/** Where an instant is on the axis, in rows from its top. `end`: as the end of what came before. */
export function rowOf(axis: Axis, day: ZonedDay, at: number, end = false): number {
  const within = Math.min(Math.max(at, day.start), day.end);
  const step =
    (end
      ? day.steps.findLast(({ start }) => start < within)
      : day.steps.find(({ end: until }) => within < until)) ?? day.steps[0];
  if (step === undefined) return 0;
  const part = (within - step.start) / (step.end - step.start);
  return (axis.row.get(step.key) ?? 0) + part;
}

/** The instant at a place of the axis, to the nearest `minutes` before it; `null` where there is none. */
export function instantAt(axis: Axis, day: ZonedDay, row: number, minutes: number): number | null {
  const key = axis.keys[Math.floor(row)];
  const step = day.steps.find((it) => it.key === key);
  if (step === undefined) return null;
  const at = step.start + (row % 1) * (step.end - step.start);
  const grain = minutes * 60_000;
  return step.start + Math.floor((at - step.start) / grain) * grain;
}

export interface Hole {
  row: number;
  rows: number;
  /** Wall-clock times that it is between. */
  from: string;
  to: string;
  /** The clocks skip it on this day; otherwise only another day has it. */
  skipped: boolean;
}

/** Rows of the axis that a day does not have. */
export function holesOf(axis: Axis, day: ZonedDay): Hole[] {
  const own = new Set(day.steps.map(({ key }) => key));
  const holes: Hole[] = [];
  axis.keys.forEach((key, row) => {
    if (own.has(key)) return;
    const before = holes.at(-1);
    const to = axis.keys[row + 1]?.slice(0, 5) ?? "24:00";
    if (before !== undefined && before.row + before.rows === row) {
      before.rows += 1;
      before.to = to;
    } else {
      holes.push({ row, rows: 1, from: key.slice(0, 5), to, skipped: key.endsWith("#0") });
    }
  });
  return holes;
}

/** `02:00`, and whether it is the second one of its day. */
export function labelOf(key: string): { time: string; again: boolean } {
  return { time: key.slice(0, 5), again: !key.endsWith("#0") };
}
