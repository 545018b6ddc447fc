import { Problem } from "@shared/api/problem.ts";
import { expect, test } from "vitest";
import { Bulk, canEnd, type Target } from "./bulk.ts";

const TARGETS: Target[] = Array.from({ length: 12 }, (_, index) => ({
  id: `rsv_${index}`,
  status: index % 2 === 0 ? "held" : "confirmed",
}));

function bulk(act: (target: Target, key: string) => Promise<void>, targets = TARGETS) {
  return new Bulk(targets, { act, onChange: () => undefined, wait: () => Promise.resolve() });
}

test("holds are released and confirmed ones cancelled, each once and with a key of its own", async () => {
  const keys: string[] = [];
  const it = bulk(async (_, key) => void keys.push(key));
  await it.run();
  expect(it.count("released")).toBe(6);
  expect(it.count("cancelled")).toBe(6);
  expect(new Set(keys).size).toBe(12);
  expect(it.state).toBe("over");
});

test("one that is refused in between keeps its reason, and the others are carried out", async () => {
  const it = bulk(async ({ id }) => {
    if (id === "rsv_5") throw new Problem("already_confirmed", 409, "It is confirmed.");
  });
  await it.run();
  expect(it.count("released", "cancelled")).toBe(11);
  expect(it.items[5]).toMatchObject({ outcome: "refused", problem: { code: "already_confirmed" } });
});

test("a lost answer is asked for again with the same key", async () => {
  const keys: string[] = [];
  let lost = 2;
  const it = bulk(
    async (_, key) => {
      keys.push(key);
      lost -= 1;
      if (lost >= 0) throw new Problem("unreachable", 0, "Away.");
    },
    TARGETS.slice(0, 1),
  );
  await it.run();
  expect(it.items[0]?.outcome).toBe("released");
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(3);
});

test("what is not known after a few tries is tried again with the same key when asked to", async () => {
  const keys = new Set<string>();
  let away = true;
  const it = bulk(
    async (_, key) => {
      keys.add(key);
      if (away) throw new Problem("overloaded", 503, "Busy.");
    },
    TARGETS.slice(0, 1),
  );
  await it.run();
  expect(it.items[0]?.outcome).toBe("failed");
  away = false;
  await it.run();
  expect(it.items[0]).toMatchObject({ outcome: "released", problem: null });
  expect(keys.size).toBe(1);
});

test("when it is stopped, what is under way is finished and nothing else is begun", async () => {
  const begun: string[] = [];
  const it = bulk(async ({ id }) => {
    begun.push(id);
    if (begun.length === 4) it.stop();
  });
  await it.run();
  expect(begun).toHaveLength(4);
  expect(it.count("untouched")).toBe(8);
  await it.run();
  expect(it.count("untouched")).toBe(0);
  expect(new Set(begun).size).toBe(12);
});

test("only holds and confirmed ones can be ended", () => {
  expect(canEnd({ id: "", status: "held" })).toBe(true);
  expect(canEnd({ id: "", status: "confirmed" })).toBe(true);
  expect(canEnd({ id: "", status: "expired" })).toBe(false);
});
