import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { CSSProperties } from "react";
import { type Slot, useCounts } from "../queries.ts";
import { SCHEDULE_TEXTS, type ScheduleTexts } from "../texts.ts";
import { clock, dayAndClock } from "../time/words.ts";
import classes from "./TimeGrid.module.css";

type State = "free" | "some" | "full" | "closed";

interface SlotCellProps {
  slot: Slot;
  style: CSSProperties;
  focusable: boolean;
  moving: boolean;
  /** Whether there is room for one line only. */
  short: boolean;
  /** Whether there is hardly room for a word. */
  narrow: boolean;
}

/** One slot in the grid: when, what, and how much of it is taken, as it changes. */
export function SlotCell({ focusable, moving, narrow, short, slot, style }: SlotCellProps) {
  const t = useTexts(SCHEDULE_TEXTS);
  const { locale } = useLocale();
  const { available, capacity } = useCounts(slot);
  const taken = capacity - available;
  const state = stateOf(slot, taken, capacity);
  const start = clock(Date.parse(slot.starts_at), slot.zone, locale);
  const end = clock(Date.parse(slot.ends_at), slot.zone, locale);
  const who = [slot.room?.name, slot.practitioner?.name].filter((name) => name !== undefined);
  const label = [
    t.until(dayAndClock(Date.parse(slot.starts_at), slot.zone, locale), end),
    slot.title,
    ...who,
    t.taken(taken, capacity),
    stateText(t, state),
    ...(slot.waiting > 0 ? [t.waiting(slot.waiting)] : []),
  ].join(", ");
  return (
    <div
      role="gridcell"
      tabIndex={focusable ? 0 : -1}
      className={classes.slot}
      style={style}
      data-stop={slot.id}
      data-state={state}
      data-moving={moving || undefined}
      data-short={short || undefined}
      data-narrow={narrow || undefined}
    >
      <span className="visually-hidden">{label}</span>
      <span aria-hidden="true" className={classes.shown} title={label}>
        <span className={classes.line}>
          {narrow ? null : `${start} `}
          <span className={classes.count} data-taken={taken}>
            {taken}/{capacity}
          </span>{" "}
          {slot.waiting > 0 ? <span className={classes.waiting}>+{slot.waiting}</span> : null}
        </span>
        <span className={classes.title}>{slot.title}</span>
        {short || narrow ? null : <span className={classes.who}>{who.join(", ")}</span>}
      </span>
    </div>
  );
}

function stateOf(slot: Slot, taken: number, capacity: number): State {
  if (!slot.open) return "closed";
  if (taken >= capacity) return "full";
  return taken > 0 ? "some" : "free";
}

function stateText(t: ScheduleTexts, state: State): string {
  switch (state) {
    case "free":
      return t.stateFree;
    case "some":
      return t.stateSome;
    case "full":
      return t.stateFull;
    default:
      return t.stateClosed;
  }
}
