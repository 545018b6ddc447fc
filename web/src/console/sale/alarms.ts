/** When something is wrong: the same bounds as the alerts in deploy/prometheus. */
import type { Metrics } from "./metrics.ts";
import { failureRate } from "./rates.ts";

const MOST_FAILING = 0.5;
const SLOWEST_SECONDS = 0.5;

export type AlarmState = "fine" | "alarm" | "unknown";

export interface Alarms {
  stock: AlarmState;
  failing: AlarmState;
  slow: AlarmState;
}

export function alarmsOf({ reserving, totals }: Metrics): Alarms {
  return {
    stock: totals.oversold > 0 ? "alarm" : "fine",
    failing: above(failureRate(reserving), MOST_FAILING),
    slow: above(reserving.p95Seconds, SLOWEST_SECONDS),
  };
}

function above(value: number | null, most: number): AlarmState {
  if (value === null) return "unknown";
  return value > most ? "alarm" : "fine";
}
