/** Where the focus can be in a column, in the order of time: slots, and times that are free. */
import type { Slot } from "../queries.ts";
import { type More, type Placed, type Span, sideBySide } from "../time/lanes.ts";
import type { Step } from "../time/zone.ts";
import type { Column } from "./columns.ts";

interface SlotSpan extends Span {
  slot: Slot;
}

interface StepStop extends Span {
  kind: "step";
  id: string;
  step: Step;
}

interface SlotStop extends Span {
  kind: "slot";
  id: string;
  place: Placed<SlotSpan>;
}

interface MoreStop extends Span {
  kind: "more";
  id: string;
  place: More<SlotSpan>;
}

export type Stop = StepStop | SlotStop | MoreStop;

export function stopsOf(column: Column, most: number): Stop[] {
  const { day } = column;
  const spans = column.slots.map((slot) => ({
    slot,
    start: Math.max(Date.parse(slot.starts_at), day.start),
    end: Math.min(Date.parse(slot.ends_at), day.end),
  }));
  const { more, placed } = sideBySide(spans, most);
  const stops: Stop[] = [
    ...placed.map(
      (place): Stop => ({ kind: "slot", id: place.item.slot.id, place, ...times(place.item) }),
    ),
    ...more.map(
      (place): Stop => ({ kind: "more", id: `more-${place.start}`, place, ...times(place) }),
    ),
    ...day.steps
      .filter((step) => !isCovered(step, spans))
      .map((step): Stop => ({ kind: "step", id: step.key, step, ...times(step) })),
  ];
  return stops.toSorted((a, b) => a.start - b.start || lane(a) - lane(b));
}

const times = ({ end, start }: Span): Span => ({ start, end });

/** A time is reached by the slot that is there; others can still be made over it by typing. */
function isCovered(step: Step, spans: readonly Span[]): boolean {
  return spans.some(({ end, start }) => start < step.end && end > step.start);
}

function lane(stop: Stop): number {
  return stop.kind === "step" ? -1 : stop.place.lane;
}

/** The stop of another column that is nearest in time of day. */
export function nearest(stops: readonly Stop[], row: number, rowOf: (stop: Stop) => number) {
  return stops.reduce<Stop | undefined>((best, stop) => {
    if (best === undefined) return stop;
    return Math.abs(rowOf(stop) - row) < Math.abs(rowOf(best) - row) ? stop : best;
  }, undefined);
}
