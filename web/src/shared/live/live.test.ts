import { describe, expect, test, vi } from "vitest";
import { newer } from "../query/counts.ts";
import { backoff } from "./backoff.ts";
import { LiveConnection } from "./connection.ts";
import type { Change } from "./frames.ts";
import { TopicSum } from "./topics.ts";

const counts = (seq: number) => ({
  offering: "item_1",
  seq,
  capacity: 9,
  held: 0,
  confirmed: 0,
  available: seq,
});

test("of two counts the one with the higher number is kept, whichever came later", () => {
  expect(newer(counts(5), counts(4)).seq).toBe(5);
  expect(newer(counts(5), counts(6)).seq).toBe(6);
  expect(newer(undefined, counts(1)).seq).toBe(1);
});

test("what several components watch is asked for once, until none does", () => {
  const sum = new TopicSum();
  const leave = sum.add({ offerings: ["item_b", "item_a"] });
  sum.add({ offerings: ["item_a"], feed: true });
  expect(sum.total()).toMatchObject({ offerings: ["item_a", "item_b"], feed: true });
  leave();
  expect(sum.total().offerings).toEqual(["item_a"]);
});

test("waiting becomes longer up to half a minute, and differs", () => {
  expect(backoff(0, () => 1)).toBe(500);
  expect(backoff(3, () => 1)).toBe(4_000);
  expect(backoff(50, () => 1)).toBe(30_000);
  expect(backoff(50, () => 0)).toBe(7_500);
});

class FakeSocket extends EventTarget {
  readyState = 1;
  sent: { type: string; cursor?: string }[] = [];
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.dispatchEvent(new Event("close"));
  }
  say(frame: object) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }
}

describe("the connection", () => {
  test("goes on from its cursor after a break, and says that it is stale meanwhile", async () => {
    vi.useFakeTimers();
    const sockets: FakeSocket[] = [];
    const live = new LiveConnection({
      url: () => "ws://here/v1/live",
      who: () => Promise.resolve({ organization: "demo" }),
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    });
    const heard: Change[] = [];
    live.onFrame((frame) => heard.push(frame));
    live.watch({ offerings: ["item_1"] });
    await vi.advanceTimersByTimeAsync(60);
    await greet(sockets[0]);
    sockets[0]?.say({ type: "subscribed", cursor: "c1", availability: [counts(1)] });
    expect(live.status()).toBe("live");
    sockets[0]?.close();
    expect(live.status()).toBe("stale");
    await vi.advanceTimersByTimeAsync(600);
    await greet(sockets[1]);
    expect(sockets[1]?.sent.at(-1)).toMatchObject({ type: "subscribe", cursor: "c1" });
    sockets[1]?.say({ type: "change", cursor: "c2", availability: [counts(2)] });
    expect(live.status()).toBe("live");
    expect(heard.map(({ cursor }) => cursor)).toEqual(["c1", "c2"]);
    vi.useRealTimers();
  });
});

async function greet(socket: FakeSocket | undefined): Promise<void> {
  socket?.dispatchEvent(new Event("open"));
  await vi.advanceTimersByTimeAsync(1);
  socket?.say({ type: "authenticated" });
}
