/** What is worked out of the numbers: steps without gaps, rates, and how long what is left lasts. */
import type { Metrics } from "./metrics.ts";

type Step = Metrics["series"][number];
type Reserving = Metrics["reserving"];
type ReservingStep = Metrics["reservingSeries"][number];

const NOTHING = {
  holds: 0,
  confirms: 0,
  expiries: 0,
  releases: 0,
  cancellations: 0,
  unitsConfirmed: 0,
} satisfies Omit<Step, "at">;

/** Every whole step of the last `minutes`, oldest first; the server leaves out the empty ones. */
export function wholeSteps(metrics: Metrics, minutes: number): Step[] {
  const { serverTime, series, stepSeconds } = metrics;
  const step = stepSeconds * 1000;
  const now = Date.parse(serverTime);
  const known = new Map(series.map((it) => [Date.parse(it.at), it]));
  const first = Math.ceil((now - minutes * 60_000) / step) * step;
  const steps: Step[] = [];
  for (let at = first; at + step <= now; at += step)
    steps.push(known.get(at) ?? { at: new Date(at).toISOString(), ...NOTHING });
  return steps;
}

/** The same instants as `steps`; `null` where nobody looked. */
export function reservingAt(metrics: Metrics, steps: readonly Step[]): (ReservingStep | null)[] {
  const known = new Map(metrics.reservingSeries.map((it) => [Date.parse(it.at), it]));
  return steps.map(({ at }) => known.get(Date.parse(at)) ?? null);
}

/** In a second, over the last so many seconds, or over one step if that is longer. */
export function pace(
  metrics: Metrics,
  of: (step: Step) => number,
  seconds = 60,
): { perSecond: number; seconds: number } {
  const { serverTime, series, stepSeconds } = metrics;
  const now = Date.parse(serverTime);
  const step = stepSeconds * 1000;
  const from = Math.floor((now - Math.max(seconds * 1000, step)) / step) * step;
  const sum = series
    .filter(({ at }) => Date.parse(at) >= from)
    .reduce((total, it) => total + of(it), 0);
  const long = (now - from) / 1000;
  return { perSecond: long > 0 ? sum / long : 0, seconds: long };
}

/** Seconds until nothing is left, if it goes on like this; `null`: it would not happen. */
export function secondsToSellOut(metrics: Metrics): number | null {
  const left = unitsLeft(metrics);
  if (left <= 0) return 0;
  const { perSecond } = pace(metrics, (step) => step.unitsConfirmed, 300);
  return perSecond > 0 ? left / perSecond : null;
}

export function unitsLeft({ totals }: Metrics): number {
  return totals.capacity - totals.held - totals.confirmed;
}

/** As a share of the requests; `null`: there were none. */
export function failureRate({ failed, requests }: Reserving): number | null {
  return requests > 0 ? failed / requests : null;
}
