import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { CSSProperties, KeyboardEvent, PointerEvent } from "react";
import { SCHEDULE_TEXTS } from "../texts.ts";
import { holesOf, labelOf } from "../time/axis.ts";
import type { Span } from "../time/lanes.ts";
import { clock, longDay, shortDay } from "../time/words.ts";
import { dateAt } from "../time/zone.ts";
import type { Column } from "./columns.ts";
import { type Geometry, placeOf } from "./geometry.ts";
import { SlotCell } from "./SlotCell.tsx";
import type { Stop } from "./stops.ts";
import classes from "./TimeGrid.module.css";

/** Less is too low for a second line, in pixels. */
const TWO_LINES = 34;

export interface Ghost extends Span {
  text: string;
}

interface GridColumnProps {
  column: Column;
  stops: Stop[];
  geometry: Geometry;
  zone: string;
  now: number;
  /** The stop that Tab leads to, if it is in this column. */
  focusable: string | null;
  ghost: Ghost | null;
  movingSlot: string | null;
  /** Whether it is one of many columns. */
  narrow: boolean;
  onKeyDown: (event: KeyboardEvent, stop: Stop) => void;
  onPointerDown: (event: PointerEvent, stop: Stop) => void;
  onFocus: (stop: Stop) => void;
}

export function GridColumn(props: GridColumnProps) {
  const { column, geometry, ghost, now, stops, zone } = props;
  const t = useTexts(SCHEDULE_TEXTS);
  const { locale } = useLocale();
  const { day, pool } = column;
  const noon = (day.start + day.end) / 2;
  const of = (event: { target: EventTarget }) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-stop]");
    return stops.find(({ id }) => id === cell?.dataset.stop);
  };
  const title = pool?.name ?? (column.key === "rest" ? t.none : shortDay(noon, zone, locale));
  const label = pool === null ? longDay(noon, zone, locale) : pool.name;
  return (
    <div
      role="row"
      className={classes.column}
      data-today={dateAt(now, zone) === day.date || undefined}
    >
      <div role="rowheader" className={classes.head} aria-label={label}>
        <strong title={title}>{title}</strong>
        {pool === null ? null : <small>{shortDay(noon, zone, locale)}</small>}
      </div>
      <div
        className={classes.body}
        style={{ height: geometry.axis.keys.length * geometry.height }}
        data-body
        role="presentation"
        onKeyDown={(event) => {
          const stop = of(event);
          if (stop !== undefined) props.onKeyDown(event, stop);
        }}
        onPointerDown={(event) => {
          const stop = of(event);
          if (stop !== undefined) props.onPointerDown(event, stop);
        }}
        onFocus={(event) => {
          const stop = of(event);
          if (stop !== undefined) props.onFocus(stop);
        }}
      >
        {holesOf(geometry.axis, day).map(({ from, row, rows, skipped, to }) => (
          <div
            key={row}
            role="gridcell"
            className={classes.hole}
            style={{ top: row * geometry.height, height: rows * geometry.height }}
            title={skipped ? t.skipped(from, to) : t.extra(from, to)}
          >
            {skipped ? (
              t.skipped(from, to)
            ) : (
              <span className="visually-hidden">{t.extra(from, to)}</span>
            )}
          </div>
        ))}
        {stops.map((stop) => (
          <Cell key={stop.id} {...props} stop={stop} />
        ))}
        {column.closed.map(({ end, reason, start }) => (
          <div
            key={start}
            role="gridcell"
            className={classes.closed}
            style={placeOf(geometry, column, { start, end })}
          >
            {reason === null ? t.closedTime : t.blackout(reason)}
          </div>
        ))}
        {now >= day.start && now < day.end ? (
          <div
            className={classes.now}
            style={{ top: placeOf(geometry, column, { start: now, end: now + 1 }).top }}
          />
        ) : null}
        {ghost === null ? null : (
          <div className={classes.ghost} style={placeOf(geometry, column, ghost)}>
            {ghost.text}
          </div>
        )}
      </div>
    </div>
  );
}

function Cell(props: GridColumnProps & { stop: Stop }) {
  const { column, focusable, geometry, movingSlot, narrow, stop, zone } = props;
  const t = useTexts(SCHEDULE_TEXTS);
  const { locale } = useLocale();
  const isFocusable = focusable === stop.id;
  const place = placeOf(geometry, column, stop);
  if (stop.kind === "slot")
    return (
      <SlotCell
        slot={stop.place.item.slot}
        style={{ ...place, ...across(stop.place) }}
        focusable={isFocusable}
        moving={movingSlot === stop.id}
        short={place.height < TWO_LINES}
        narrow={narrow && stop.place.lanes > 2}
      />
    );
  if (stop.kind === "more") {
    const { items } = stop.place;
    return (
      <div
        role="gridcell"
        tabIndex={isFocusable ? 0 : -1}
        className={classes.more}
        style={{ ...place, ...across(stop.place) }}
        data-stop={stop.id}
      >
        <span className="visually-hidden">
          {t.moreLabel(items.length, clock(stop.start, zone, locale))}
        </span>
        <span aria-hidden="true" title={t.more(items.length)}>
          +{items.length}
        </span>
      </div>
    );
  }
  const { again, time } = labelOf(stop.step.key);
  const when = again ? `${time} (${t.again})` : time;
  return (
    <div
      role="gridcell"
      tabIndex={isFocusable ? 0 : -1}
      className={classes.step}
      style={place}
      aria-label={`${shortDay(stop.start, zone, locale)}, ${when}, ${t.free}`}
      data-stop={stop.id}
      data-hour={time.endsWith(":00") || undefined}
    />
  );
}

function across({ lane, lanes }: { lane: number; lanes: number }): CSSProperties {
  return { left: `calc(${(100 * lane) / lanes}% + 1px)`, width: `calc(${100 / lanes}% - 2px)` };
}
