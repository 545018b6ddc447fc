/** One source of ticks for every timer on the page, on the server's whole seconds. */
import { useRef, useSyncExternalStore } from "react";
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

/** The server's time in milliseconds, each second anew. */
export function useServerNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** Whole seconds until an instant (RFC 3339), by the server's clock; `null` without one. */
export function useCountdown(until: string | null): number | null {
  const counting = useRef(new Countdown());
  const time = useServerNow();
  return until === null ? null : counting.current.left(Date.parse(until), time);
}
