/**
 * The schedule as a grid: a row of the grid is a column on the screen, since a day or a room is what
 * belongs together. One cell can be reached by Tab; arrow keys go on from there.
 */
import { Text } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { SCHEDULE_TEXTS } from "../texts.ts";
import { labelOf } from "../time/axis.ts";
import { clock } from "../time/words.ts";
import type { Column } from "./columns.ts";
import { type Ghost, GridColumn } from "./GridColumn.tsx";
import { firstRow, geometryOf } from "./geometry.ts";
import { type Stop, stopsOf } from "./stops.ts";
import classes from "./TimeGrid.module.css";
import { useGridDrag } from "./useGridDrag.ts";
import { type GridActs, useGridKeys } from "./useGridKeys.ts";

/** Half of an hour's label, which stands on the line of its hour. */
const LABEL = 10;

interface TimeGridProps extends GridActs {
  label: string;
  columns: Column[];
  zone: string;
  now: number;
  mayChange: boolean;
  slotMinutes: number;
  /** Most that stand side by side in a column. */
  lanes: number;
}

export function TimeGrid(props: TimeGridProps) {
  const { columns, label, lanes, mayChange, now, zone } = props;
  const t = useTexts(SCHEDULE_TEXTS);
  const { locale } = useLocale();
  const grid = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const help = useId();
  const geometry = useMemo(() => geometryOf(columns), [columns]);
  const stops = useMemo(() => columns.map((it) => stopsOf(it, lanes)), [columns, lanes]);
  const [active, setActive] = useState<{ column: string; stop: string } | null>(null);

  const focus = (column: number, stop: Stop) => {
    const row = grid.current?.querySelectorAll("[data-body]")[column];
    row?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(stop.id)}"]`)?.focus();
  };
  const { chosen, keyDown, moving, said, setChosen, setMoving } = useGridKeys({
    ...props,
    stops,
    geometry,
    focus,
  });
  const { pointerDown } = useGridDrag({ ...props, grid, geometry, setChosen, setMoving });

  // What is looked at first is the part of the day in which something is.
  const shown = columns.map(({ key }) => key).join();
  const first = useRef("");
  useLayoutEffect(() => {
    if (first.current === shown || scroller.current === null) return;
    first.current = shown;
    scroller.current.scrollTop = firstRow(geometry, columns) * geometry.height - LABEL;
  }, [shown, geometry, columns]);

  // A cell that is gone takes the focus with it; what is there instead gets it.
  const home = tabStop(columns, stops, active);
  const had = useRef(false);
  useEffect(() => {
    if (had.current && document.activeElement === document.body && home !== null)
      focus(home.column, home.stop);
    had.current = grid.current?.contains(document.activeElement) ?? false;
  });

  const ghostOf = (index: number): Ghost | null => {
    if (moving?.column === index) {
      const length = Date.parse(moving.slot.ends_at) - Date.parse(moving.slot.starts_at);
      const text = `${clock(moving.start, zone, locale)} ${moving.slot.title}`;
      return { start: moving.start, end: moving.start + length, text };
    }
    if (chosen?.column !== index) return null;
    const text = t.until(clock(chosen.start, zone, locale), clock(chosen.end, zone, locale));
    return { ...chosen, text };
  };

  return (
    <>
      <div ref={scroller} className={classes.scroll}>
        <div
          ref={grid}
          role="grid"
          className={classes.grid}
          aria-label={label}
          aria-describedby={help}
          aria-readonly={!mayChange}
          data-read-only={!mayChange || undefined}
        >
          <div className={classes.axis} aria-hidden="true">
            <div className={classes.corner} />
            <div
              className={classes.hours}
              style={{ height: geometry.axis.keys.length * geometry.height }}
            >
              {geometry.axis.keys.map((key, row) => {
                const { again, time } = labelOf(key);
                return time.endsWith(":00") ? (
                  <span
                    key={key}
                    className={`${classes.hour} ${again ? classes.again : ""}`}
                    style={{ top: row * geometry.height }}
                  >
                    {again ? "2× " : ""}
                    {time}
                  </span>
                ) : null;
              })}
            </div>
          </div>
          {columns.map((column, index) => (
            <GridColumn
              key={column.key}
              column={column}
              stops={stops[index] ?? []}
              geometry={geometry}
              zone={zone}
              now={now}
              focusable={home?.column === index ? home.stop.id : null}
              ghost={ghostOf(index)}
              narrow={columns.length > 4}
              movingSlot={moving?.slot.id ?? null}
              onKeyDown={(event, stop) => keyDown(event, index, stop)}
              onPointerDown={(event, stop) => pointerDown(event, index, stop)}
              onFocus={(stop) => setActive({ column: column.key, stop: stop.id })}
            />
          ))}
        </div>
      </div>
      <Text id={help} size="xs" c="dimmed">
        {t.keys}
      </Text>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}

/** Where Tab leads to: where the focus was, or the first slot, or the morning. */
function tabStop(
  columns: readonly Column[],
  stops: readonly Stop[][],
  active: { column: string; stop: string } | null,
): { column: number; stop: Stop } | null {
  const own = columns.findIndex(({ key }) => key === active?.column);
  const again = stops[own]?.find(({ id }) => id === active?.stop);
  if (again !== undefined) return { column: own, stop: again };
  for (const [column, all] of stops.entries()) {
    const slot = all.find(({ kind }) => kind === "slot");
    if (slot !== undefined) return { column, stop: slot };
  }
  const morning = stops[0]?.find(({ id }) => id === "08:00#0") ?? stops[0]?.[0];
  return morning === undefined ? null : { column: 0, stop: morning };
}
