import { expect, test } from "vitest";
import { languagesOf, placesOf, wordsFor } from "./templates.ts";

const template = (kind: string, language: string) => ({
  kind,
  language,
  subject: `${kind} in ${language}`,
  text: `{lines} in ${language}`,
  updated_at: null,
});
const TEMPLATES = [template("offer", "de"), template("offer", "en"), template("offer", "fr")];

test("a template begins with the nearest words that there are", () => {
  expect(wordsFor(TEMPLATES, "offer", "fr").subject).toBe("offer in fr");
  expect(wordsFor(TEMPLATES, "offer", "de-AT").subject).toBe("offer in de");
  expect(wordsFor(TEMPLATES, "offer", "tr").text).toBe("{lines} in en");
  expect(wordsFor([], "offer", "tr")).toEqual({ subject: "", text: "" });
});

test("languages are those that there are, and those that are begun, each once", () => {
  expect(languagesOf(TEMPLATES, ["tr", "fr"])).toEqual(["en", "de", "fr", "tr"]);
});

test("only a cancellation has a reason, and only a hold an end", () => {
  expect(placesOf("cancellation")).toContain("reason");
  expect(placesOf("cancellation")).not.toContain("expires");
  expect(placesOf("expiry")).toContain("expires");
  expect(placesOf("reminder")).not.toContain("reason");
});
