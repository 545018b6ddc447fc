import { expect, test } from "vitest";
import { draftOf, isSilent, languages, phoneOf, requestOf } from "./told.ts";

test("what is chosen is the contrary of what one does without", () => {
  const kept = {
    language: "de",
    phone: "+4930123456",
    kinds_off: ["reminder"],
    channels_off: ["sms"],
  };
  const draft = draftOf(kept);
  expect(draft.kinds).toEqual(["confirmation", "cancellation", "offer", "expiry"]);
  expect(draft.ways).toEqual(["email"]);
  expect(requestOf(draft)).toEqual(kept);
});

test("who has never said anything is told everything, in the organization's language", () => {
  const nothing = { language: null, phone: null, kinds_off: [], channels_off: [] };
  expect(draftOf(nothing).kinds).toHaveLength(5);
  expect(requestOf(draftOf(nothing))).toEqual(nothing);
});

test("a phone number is understood as people write it", () => {
  expect(phoneOf("+49 30 123-456")).toBe("+4930123456");
  expect(phoneOf("0049 (30) 123/456")).toBe("+4930123456");
  expect(phoneOf(" ")).toBeNull();
  expect(phoneOf("030 123456")).toBe("030123456");
});

test("text messages reach nobody without a number", () => {
  const draft = { language: "", phone: "", kinds: ["offer"], ways: ["sms"] };
  expect(isSilent(draft)).toBe(true);
  expect(isSilent({ ...draft, phone: "+4930123456" })).toBe(false);
  expect(isSilent({ ...draft, ways: ["email"] })).toBe(false);
  expect(isSilent({ ...draft, kinds: [], ways: ["email"] })).toBe(true);
});

test("languages are called as those call them who speak them, and one's own is among them", () => {
  const known = languages("");
  expect(known.find(({ value }) => value === "de")?.label).toBe("Deutsch");
  expect(known.some(({ value }) => value === "de-AT")).toBe(false);
  expect(languages("de-AT").some(({ value }) => value === "de-AT")).toBe(true);
});
