import { expect, test } from "vitest";
import { isReservation, listQuery, parseSearch } from "./search.ts";

test("an address says what is looked for, and what it makes up is left out", () => {
  const whole = { status: "failed", kind: "offer", channel: "sms", reservation: "rsv_1" };
  expect(parseSearch(whole)).toEqual(whole);
  const madeUp = { view: "all", status: "lost", kind: "joke", channel: "pigeon", reservation: "" };
  expect(parseSearch({ ...madeUp, language: "../en" })).toEqual({});
  expect(parseSearch({ view: "templates", kind: "offer", language: "de-AT" })).toEqual({
    view: "templates",
    kind: "offer",
    language: "de-AT",
  });
});

test("the server is asked for what is looked for, and not for which view", () => {
  expect(listQuery({ view: "sent", status: "sent", language: "en" })).toEqual({ status: "sent" });
  expect(listQuery({})).toEqual({});
});

test("only what can be the id of a reservation is asked for", () => {
  expect(isReservation(`rsv_${"0123456789abcdef".repeat(2)}`)).toBe(true);
  for (const no of ["", "rsv_", "rsv_0123", `ntf_${"0".repeat(32)}`, `rsv_${"0".repeat(32)} `])
    expect(isReservation(no), no).toBe(false);
});
