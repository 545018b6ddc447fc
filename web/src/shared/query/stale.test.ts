import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Stale } from "./stale.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function stale() {
  const client = new QueryClient();
  const asked: unknown[] = [];
  vi.spyOn(client, "invalidateQueries").mockImplementation((filters) => {
    asked.push(filters?.queryKey);
    return Promise.resolve();
  });
  return { asked, stale: new Stale(client) };
}

test("the first news makes old at once, and each thing once", () => {
  const { asked, stale: it } = stale();
  it.mark(["reservations"]);
  it.mark(["waitlist"]);
  it.mark(["reservations"]);
  vi.advanceTimersByTime(0);
  expect(asked).toEqual([["reservations"], ["waitlist"]]);
});

test("a rush of news is looked at twice a second, and its last is not forgotten", () => {
  const { asked, stale: it } = stale();
  for (let news = 0; news < 300; news += 1) {
    it.mark(["reservations"]);
    vi.advanceTimersByTime(10);
  }
  expect(asked.length).toBeGreaterThanOrEqual(5);
  expect(asked.length).toBeLessThanOrEqual(7);
  const before = asked.length;
  it.mark(["offerings"]);
  vi.advanceTimersByTime(1_000);
  expect(asked.slice(before)).toContainEqual(["offerings"]);
});

test("after a pause news are new again", () => {
  const { asked, stale: it } = stale();
  it.mark(["reservations"]);
  vi.advanceTimersByTime(5_000);
  it.mark(["reservations"]);
  vi.advanceTimersByTime(0);
  expect(asked.length).toBe(2);
});
