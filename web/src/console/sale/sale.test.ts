import { expect, test } from "vitest";
import { alarmsOf } from "./alarms.ts";
import type { Metrics } from "./metrics.ts";
import { pace, reservingAt, secondsToSellOut, wholeSteps } from "./rates.ts";

const QUIET = { requests: 0, refused: 0, failed: 0, p95Seconds: null, seconds: 300 };

function step(at: string, holds: number, unitsConfirmed = 0): Metrics["series"][number] {
  return { at, holds, confirms: 0, expiries: 0, releases: 0, cancellations: 0, unitsConfirmed };
}

function metrics(more: Partial<Metrics> = {}): Metrics {
  return {
    since: "2030-01-01T11:00:00Z",
    serverTime: "2030-01-01T12:00:05Z",
    totals: {
      offerings: 1,
      capacity: 100,
      held: 10,
      confirmed: 30,
      sellThrough: 0.3,
      liveHolds: 10,
      oversold: 0,
      holds: 0,
      confirms: 0,
      expiries: 0,
      releases: 0,
      cancellations: 0,
    },
    stepSeconds: 15,
    series: [],
    reserving: QUIET,
    reservingSeries: [],
    ...more,
  };
}

test("steps in which nothing happened are drawn as nothing, the one that is not over not at all", () => {
  const steps = wholeSteps(
    metrics({ series: [step("2030-01-01T11:59:30Z", 3), step("2030-01-01T12:00:00Z", 9)] }),
    1,
  );
  expect(steps.map(({ at, holds }) => [at.slice(14, 19), holds])).toEqual([
    ["59:15", 0],
    ["59:30", 3],
    ["59:45", 0],
  ]);
});

test("where nobody looked at the server there is no value, and not zero", () => {
  const looked = { ...QUIET, at: "2030-01-01T11:59:45Z" };
  const given = metrics({ reservingSeries: [looked] });
  expect(reservingAt(given, wholeSteps(given, 1))).toEqual([null, null, looked]);
});

test("a rate is of the last minute, and of one step where that is longer", () => {
  const given = metrics({
    series: [step("2030-01-01T11:50:00Z", 99), step("2030-01-01T12:00:00Z", 65)],
  });
  expect(pace(given, ({ holds }) => holds)).toEqual({ perSecond: 1, seconds: 65 });
  const long = metrics({ stepSeconds: 600, series: [step("2030-01-01T11:50:00Z", 605)] });
  expect(pace(long, ({ holds }) => holds)).toEqual({ perSecond: 1, seconds: 605 });
});

test("what is left lasts for as long as the last minutes say", () => {
  const given = metrics({ series: [step("2030-01-01T11:59:00Z", 0, 61)] });
  expect(secondsToSellOut(given)).toBeCloseTo((60 / 61) * 305, 6);
  expect(secondsToSellOut(metrics())).toBeNull();
  const none = metrics();
  expect(secondsToSellOut({ ...none, totals: { ...none.totals, held: 70 } })).toBe(0);
});

test("alarms go off above their bounds, and say nothing of nothing", () => {
  expect(alarmsOf(metrics())).toEqual({ stock: "fine", failing: "unknown", slow: "unknown" });
  const at = { requests: 10, refused: 0, failed: 5, p95Seconds: 0.5, seconds: 300 };
  expect(alarmsOf(metrics({ reserving: at }))).toMatchObject({ failing: "fine", slow: "fine" });
  const over = { ...at, failed: 6, p95Seconds: 0.501 };
  expect(alarmsOf(metrics({ reserving: over }))).toMatchObject({ failing: "alarm", slow: "alarm" });
  const { totals } = metrics();
  expect(alarmsOf(metrics({ totals: { ...totals, oversold: 1 } })).stock).toBe("alarm");
});
