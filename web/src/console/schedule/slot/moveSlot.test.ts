import { Problem } from "@shared/api/problem.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Slot } from "../queries.ts";
import { moveSlot } from "./moveSlot.ts";

interface Call {
  what: string;
  key: string | null;
  body: unknown;
}

let calls: Call[] = [];
let refusals: Record<string, object> = {};

/** A server that does as it is told, but for what it is to refuse. */
beforeEach(() => {
  calls = [];
  refusals = {};
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace(/.*\/v1/, "");
    const what = `${request.method} ${path}`;
    const text = await request.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    calls.push({ what, key: request.headers.get("idempotency-key"), body });
    const refusal = refusals[what];
    if (refusal === undefined) return Response.json({ id: "slot_2", title: "Hip" });
    return Response.json(refusal, { status: 409 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const slot = {
  id: "slot_1",
  site: "site_1",
  title: "Hip",
  capacity: 2,
  room: { id: "pool_room", name: "Theatre 1" },
  practitioner: null,
  requirements: [
    { pool: "pool_light", name: "Light", kind: "equipment", units: 1, per: "slot" },
    { pool: "pool_air", name: "Ventilator", kind: "equipment", units: 1, per: "reservation" },
  ],
} as unknown as Slot;

const move = {
  slot,
  starts_at: "2035-03-05T09:00:00+01:00",
  ends_at: "2035-03-05T11:00:00+01:00",
  room: "pool_room",
  practitioner: null,
};

const said = () => calls.map(({ what }) => what);

test("the old slot gives its room back before the new one takes it, and goes when that is there", async () => {
  await moveSlot("key", move);
  expect(said()).toEqual([
    "POST /slots/slot_1/capacity",
    "PATCH /slots/slot_1",
    "POST /slots",
    "DELETE /slots/slot_1",
  ]);
  expect(calls[0]?.body).toMatchObject({ capacity: 0, expected: 2 });
  expect(calls[1]?.body).toMatchObject({ room: null, requirements: [{ pool: "pool_air" }] });
  expect(calls[2]?.body).toMatchObject({
    room: "pool_room",
    capacity: 2,
    starts_at: move.starts_at,
    requirements: [{ pool: "pool_light" }, { pool: "pool_air" }],
  });
  expect(new Set(calls.map(({ key }) => key)).size, "each call has a key of its own").toBe(4);
});

test("whoever comes second changes nothing", async () => {
  refusals["POST /slots/slot_1/capacity"] = { code: "version_conflict", status: 409, detail: "" };
  await expect(moveSlot("key", move)).rejects.toBeInstanceOf(Problem);
  expect(said()).toEqual(["POST /slots/slot_1/capacity"]);
});

test("a time at which something is taken leaves the slot as it was", async () => {
  refusals["POST /slots"] = { code: "pool_busy", status: 409, detail: "" };
  await expect(moveSlot("key", move)).rejects.toMatchObject({ code: "pool_busy" });
  expect(said().slice(3)).toEqual(["PATCH /slots/slot_1", "POST /slots/slot_1/capacity"]);
  expect(calls[3]?.body).toMatchObject({ room: "pool_room" });
  expect(calls[4]?.body).toMatchObject({ delta: 2 });
});

test("after a break of the connection it goes on with the same keys", async () => {
  refusals["POST /slots"] = { code: "overloaded", status: 503, detail: "" };
  await expect(moveSlot("key", move)).rejects.toMatchObject({ code: "overloaded" });
  const first = calls.map(({ key, what }) => `${what} ${key}`);
  expect(first).toHaveLength(3);
  refusals = {};
  calls = [];
  await moveSlot("key", move);
  expect(calls.map(({ key, what }) => `${what} ${key}`).slice(0, 3)).toEqual(first);
});
