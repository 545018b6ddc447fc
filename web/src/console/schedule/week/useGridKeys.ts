/** The grid by keys: moving about, choosing a time, and moving a slot. */
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type KeyboardEvent, useState } from "react";
import type { Slot } from "../queries.ts";
import { SCHEDULE_TEXTS } from "../texts.ts";
import { rowOf } from "../time/axis.ts";
import { clock, dayAndClock } from "../time/words.ts";
import type { Column } from "./columns.ts";
import { type Geometry, startIn } from "./geometry.ts";
import { nearest, type Stop } from "./stops.ts";

/** Minutes of one press while a slot is being moved, and of the grain of the pointer. */
export const GRAIN = 15;

export interface Chosen {
  column: number;
  start: number;
  end: number;
}

export interface Moving {
  slot: Slot;
  column: number;
  start: number;
}

export interface GridActs {
  onCreate: (column: Column, start: number, end: number) => void;
  onOpen: (slot: Slot) => void;
  onMove: (slot: Slot, column: Column, start: number) => void;
  onMore: (column: Column) => void;
}

interface Grid extends GridActs {
  columns: Column[];
  stops: Stop[][];
  geometry: Geometry;
  zone: string;
  mayChange: boolean;
  focus: (column: number, stop: Stop) => void;
}

export function useGridKeys(grid: Grid) {
  const { columns, focus, geometry, mayChange, stops, zone } = grid;
  const t = useTexts(SCHEDULE_TEXTS);
  const { locale } = useLocale();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [moving, setMoving] = useState<Moving | null>(null);
  const [said, setSaid] = useState("");

  const begin = (slot: Slot, column: number) => {
    const start = Date.parse(slot.starts_at);
    setMoving({ slot, column, start });
    setSaid(t.moving(slot.title, dayAndClock(start, zone, locale)));
  };

  const shift = (by: { minutes?: number; columns?: number }) => {
    if (moving === null) return;
    const column = moving.column + (by.columns ?? 0);
    const there = columns[column];
    if (there === undefined) return;
    const start = startIn(there, moving.start, zone) + (by.minutes ?? 0) * 60_000;
    if (start < there.day.start || start >= there.day.end) return;
    setMoving({ ...moving, column, start });
    setSaid(t.movingTo(dayAndClock(start, zone, locale)));
  };

  const movingKey = (key: string): boolean => {
    if (moving === null) return false;
    const column = columns[moving.column];
    if (key === "ArrowDown") shift({ minutes: GRAIN });
    else if (key === "ArrowUp") shift({ minutes: -GRAIN });
    else if (key === "ArrowLeft") shift({ columns: -1 });
    else if (key === "ArrowRight") shift({ columns: 1 });
    else if (key === "Enter" && column !== undefined) {
      grid.onMove(moving.slot, column, moving.start);
      setMoving(null);
    } else if (key === "Escape") {
      setMoving(null);
      setSaid(t.moveStopped);
    } else return false;
    return true;
  };

  /** A longer time, from where the focus is. */
  const choose = (column: number, stop: Stop, by: 1 | -1): boolean => {
    const steps = columns[column]?.day.steps ?? [];
    if (stop.kind !== "step" || !mayChange) return false;
    const until = chosen?.column === column ? chosen.end : stop.end;
    const last = steps.findIndex(({ end }) => end >= until);
    const next = steps[Math.max(last + by, steps.indexOf(stop.step))];
    if (next === undefined) return true;
    setChosen({ column, start: stop.start, end: next.end });
    setSaid(t.chosen(clock(stop.start, zone, locale), clock(next.end, zone, locale)));
    return true;
  };

  const go = (column: number, stop: Stop | undefined): boolean => {
    setChosen(null);
    if (stop !== undefined) focus(column, stop);
    return true;
  };

  const act = (column: number, stop: Stop): boolean => {
    const there = columns[column];
    if (there === undefined) return false;
    if (stop.kind === "slot") grid.onOpen(stop.place.item.slot);
    else if (stop.kind === "more") grid.onMore(there);
    else if (mayChange) {
      const end = chosen?.column === column ? chosen.end : stop.end;
      grid.onCreate(there, stop.start, end);
      setChosen(null);
    }
    return true;
  };

  const stopKey = (event: KeyboardEvent, column: number, stop: Stop): boolean => {
    const own = stops[column] ?? [];
    const at = own.indexOf(stop);
    const row = (of: number) => (it: Stop) => {
      const day = columns[of]?.day;
      return day === undefined ? 0 : rowOf(geometry.axis, day, it.start);
    };
    const beside = (by: number) =>
      nearest(stops[column + by] ?? [], row(column)(stop), row(column + by));
    switch (event.key) {
      case "ArrowDown":
        return event.shiftKey ? choose(column, stop, 1) : go(column, own[at + 1]);
      case "ArrowUp":
        return event.shiftKey ? choose(column, stop, -1) : go(column, own[at - 1]);
      case "ArrowLeft":
        return go(column - 1, beside(-1));
      case "ArrowRight":
        return go(column + 1, beside(1));
      case "Home":
        return go(column, own[0]);
      case "End":
        return go(column, own.at(-1));
      case "Enter":
      case " ":
        return act(column, stop);
      case "Escape":
        setChosen(null);
        return chosen !== null;
      case "m":
        if (stop.kind !== "slot" || !mayChange) return false;
        begin(stop.place.item.slot, column);
        return true;
      default:
        return false;
    }
  };

  const keyDown = (event: KeyboardEvent, column: number, stop: Stop) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (movingKey(event.key) || stopKey(event, column, stop)) {
      event.preventDefault();
      // Letters that mean something here are not the beginning of a chord.
      event.nativeEvent.stopImmediatePropagation();
    }
  };

  return { chosen, setChosen, moving, setMoving, said, keyDown };
}
