/** The grid by pointer: a time is chosen, or a slot moved, by dragging. Fingers scroll instead. */
import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { instantAt } from "../time/axis.ts";
import type { Column } from "./columns.ts";
import type { Geometry } from "./geometry.ts";
import type { Stop } from "./stops.ts";
import { type Chosen, GRAIN, type GridActs, type Moving } from "./useGridKeys.ts";

/** Less is a click with an unsteady hand, in pixels. */
const SLACK = 5;

interface Drag {
  x: number;
  y: number;
  column: number;
  stop: Stop;
  /** Milliseconds from the slot's start to where it was taken hold of. */
  grip: number;
  dragged: boolean;
  chosen: Chosen | null;
  moving: Moving | null;
}

interface Options extends GridActs {
  grid: RefObject<HTMLDivElement | null>;
  columns: Column[];
  geometry: Geometry;
  mayChange: boolean;
  slotMinutes: number;
  setChosen: (chosen: Chosen | null) => void;
  setMoving: (moving: Moving | null) => void;
}

export function useGridDrag(options: Options) {
  const drag = useRef<Drag | null>(null);
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);

  /** The column that is under the pointer, and the instant there. */
  const under = (event: { clientX: number; clientY: number }, minutes = GRAIN) => {
    const bodies = options.grid.current?.querySelectorAll<HTMLElement>("[data-body]") ?? [];
    const index = [...bodies].findIndex((body) => {
      const { left, right } = body.getBoundingClientRect();
      return left <= event.clientX && event.clientX < right;
    });
    const [body, column] = [bodies[index], options.columns[index]];
    if (body === undefined || column === undefined) return null;
    const { height, top } = body.getBoundingClientRect();
    const y = Math.min(Math.max(event.clientY - top, 0), height - 1);
    const { axis, height: row } = options.geometry;
    const at = instantAt(axis, column.day, y / row, minutes);
    return at === null ? null : { index, at };
  };

  const follow = (event: globalThis.PointerEvent) => {
    const now = drag.current;
    if (now === null) return;
    now.dragged ||= Math.hypot(event.clientX - now.x, event.clientY - now.y) > SLACK;
    const there = now.dragged ? under(event) : null;
    if (there === null) return;
    if (now.stop.kind === "slot") {
      const start = there.at - Math.floor(now.grip / (GRAIN * 60_000)) * GRAIN * 60_000;
      const day = options.columns[there.index]?.day;
      if (day === undefined || start < day.start) return;
      now.moving = { slot: now.stop.place.item.slot, column: there.index, start };
      options.setMoving(now.moving);
    } else {
      const [start, end] = [Math.min(now.stop.start, there.at), there.at + GRAIN * 60_000];
      now.chosen = {
        column: now.column,
        start,
        end: Math.max(end, now.stop.start + GRAIN * 60_000),
      };
      options.setChosen(now.chosen);
    }
  };

  const finish = () => {
    const now = drag.current;
    stop.current();
    options.setChosen(null);
    options.setMoving(null);
    if (now === null) return;
    const column = options.columns[now.moving?.column ?? now.column];
    if (column === undefined) return;
    if (now.moving !== null) options.onMove(now.moving.slot, column, now.moving.start);
    else if (now.chosen !== null) options.onCreate(column, now.chosen.start, now.chosen.end);
    else click(column, now.stop);
  };

  const click = (column: Column, at: Stop) => {
    if (at.kind === "slot") options.onOpen(at.place.item.slot);
    else if (at.kind === "more") options.onMore(column);
    else if (options.mayChange)
      options.onCreate(column, at.start, at.start + options.slotMinutes * 60_000);
  };

  const pointerDown = (event: PointerEvent, column: number, at: Stop) => {
    const there = options.columns[column];
    if (event.button !== 0 || there === undefined) return;
    const mayDrag = options.mayChange && event.pointerType !== "touch" && at.kind !== "more";
    const grip = mayDrag ? (under(event, 1)?.at ?? at.start) - at.start : 0;
    const [x, y] = [event.clientX, event.clientY];
    const began = { x, y, column, stop: at, grip, dragged: false, chosen: null, moving: null };
    drag.current = began;
    const move = mayDrag ? follow : () => undefined;
    const cancel = (key: KeyboardEvent) => {
      if (key.key !== "Escape") return;
      drag.current = null;
      finish();
    };
    const lost = () => {
      drag.current = null;
      finish();
    };
    stop.current = () => {
      drag.current = null;
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", finish);
      window.removeEventListener("pointercancel", lost);
      window.removeEventListener("keydown", cancel);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", finish);
    // A finger that scrolls is no click.
    window.addEventListener("pointercancel", lost);
    window.addEventListener("keydown", cancel);
  };

  return { pointerDown };
}
