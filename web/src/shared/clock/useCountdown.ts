/** One source of ticks for every timer on the page, on the server's whole seconds. */
import { useState, useSyncExternalStore } from "react";
import { Countdown } from "./countdown.ts";
import { serverClock } from "./serverClock.ts";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let now = serverClock.now();

function schedule(): void {
  timer = setTimeout(
    () => {
      tick();
      schedule();
    },
    1000 - (serverClock.now() % 1000),
  );
}

function tick(): void {
  now = serverClock.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = serverClock.now();
    schedule();
    document.addEventListener("visibilitychange", tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tick);
    }
  };
}

/** Between ticks the same; before the first one what it is then, and not what it was when the page
 * began: the server may have said since that the device's clock is wrong. */
function current(): number {
  return listeners.size === 0 ? Math.floor(serverClock.now() / 1000) * 1000 : now;
}

/** The server's time in milliseconds, each second anew. */
function useServerNow(): number {
  return useSyncExternalStore(subscribe, current);
}

/** Whole seconds until an instant (RFC 3339), by the server's clock; `null` without one. */
export function useCountdown(until: string | null): number | null {
  const [counting] = useState(() => new Countdown());
  const time = useServerNow();
  return until === null ? null : counting.left(Date.parse(until), time);
}
