/** Times as places on the screen. */
import { type Axis, axisOf, rowOf } from "../time/axis.ts";
import type { Span } from "../time/lanes.ts";
import { onDate, STEP } from "../time/zone.ts";
import type { Column } from "./columns.ts";

/** A slot is high enough to be hit and read, unless it is only a few minutes long. */
const LOWEST = 26;
const LEAST = 28;
const MOST = 80;

export interface Geometry {
  axis: Axis;
  /** Pixels of a row, which is a step of time. */
  height: number;
}

export function geometryOf(columns: readonly Column[]): Geometry {
  const minutes = columns
    .flatMap(({ slots }) => slots)
    .map((slot) => (Date.parse(slot.ends_at) - Date.parse(slot.starts_at)) / 60_000);
  const shortest = Math.min(STEP, ...minutes);
  const height = Math.min(MOST, Math.max(LEAST, Math.ceil((LOWEST * STEP) / shortest)));
  return { axis: axisOf(columns.map(({ day }) => day)), height };
}

export function placeOf({ axis, height }: Geometry, column: Column, { end, start }: Span) {
  const top = rowOf(axis, column.day, start) * height;
  return { top, height: Math.max(2, rowOf(axis, column.day, end, true) * height - top) };
}

/** Where a slot lands that is put into another column: the same time of day, or its pool's. */
export function startIn(column: Column, start: number, zone: string): number {
  return column.day.start <= start && start < column.day.end
    ? start
    : onDate(start, column.day.date, zone);
}

/** The row that is first in sight: an hour before the first slot, or the morning. */
export function firstRow({ axis }: Geometry, columns: readonly Column[]): number {
  const rows = columns.flatMap((column) =>
    column.slots
      .filter(({ starts_at: start }) => Date.parse(start) >= column.day.start)
      .map(({ starts_at: start }) => rowOf(axis, column.day, Date.parse(start))),
  );
  const morning = axis.row.get("07:00#0") ?? 0;
  return Math.max(0, Math.min(...(rows.length > 0 ? rows : [morning + 2])) - 2);
}
