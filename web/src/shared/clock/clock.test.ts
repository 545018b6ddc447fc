import { describe, expect, test } from "vitest";
import { announcementBetween, Countdown, clockFace } from "./countdown.ts";
import { ServerClock } from "./serverClock.ts";

function clock() {
  const time = { page: 1_000, device: 5_000_000 };
  const pass = (milliseconds: number) => {
    time.page += milliseconds;
    time.device += milliseconds;
  };
  return {
    time,
    pass,
    server: new ServerClock(
      () => time.page,
      () => time.device,
    ),
  };
}

describe("the server's clock", () => {
  test("is measured at the middle of a request", () => {
    const { server, time } = clock();
    server.observe(100_000, 900, 1_100);
    time.page = 1_500;
    time.device += 500;
    expect(server.now()).toBe(100_500);
  });

  test("is that of the quickest of several answers", () => {
    const { server } = clock();
    server.observe(100_000, 990, 1_010);
    server.observe(100_400, 600, 1_400);
    expect(server.now()).toBe(100_000);
  });

  test("does not go by the device's clock once the server has spoken", () => {
    const { server, time, pass } = clock();
    server.observe(100_000, 1_000, 1_000);
    pass(1_000);
    time.device += 3_600_000;
    expect(server.now()).toBe(101_000);
  });

  test("believes the next answer after the device has slept", () => {
    const { server, time } = clock();
    server.observe(100_000, 1_000, 1_000);
    time.device += 60_000;
    server.observe(160_500, 500, 1_500);
    expect(server.now()).toBe(160_500);
  });
});

describe("a countdown", () => {
  test("never gives back time that was seen to pass", () => {
    const countdown = new Countdown();
    expect(countdown.left(60_000, 10_000)).toBe(50);
    expect(countdown.left(60_000, 7_000)).toBe(50);
    expect(countdown.left(60_000, 12_000)).toBe(48);
    expect(countdown.left(60_000, 90_000)).toBe(0);
  });

  test("goes on from a later end when the hold was extended", () => {
    const countdown = new Countdown();
    expect(countdown.left(60_000, 50_000)).toBe(10);
    expect(countdown.left(180_000, 50_000)).toBe(130);
  });

  test("is said aloud at two minutes, one, and half of one", () => {
    expect(announcementBetween(121, 120)).toBe(120);
    expect(announcementBetween(120, 119)).toBeNull();
    expect(announcementBetween(61, 59)).toBe(60);
    expect(announcementBetween(200, 25)).toBe(30);
  });

  test("is written as clocks are", () => {
    expect([0, 9, 65, 3_700, 90_061].map(clockFace)).toEqual([
      "0:00",
      "0:09",
      "1:05",
      "1:01:40",
      "1 d 01:01:01",
    ]);
  });
});
