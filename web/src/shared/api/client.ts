/**
 * The one way to the server. Every answer sets the clock, every refusal is a `Problem`, and a call
 * that finds the session over is repeated once there is one again.
 */
import createClient from "openapi-fetch";
import { session } from "../auth/session.ts";
import { serverClock } from "../clock/serverClock.ts";
import { address } from "../config.ts";
import { Problem, problemOf } from "./problem.ts";
import type { components, paths } from "./schema.ts";

export type Schemas = components["schemas"];

interface Timing {
  sent: number;
  received: number;
}

const timings = new WeakMap<Response, Timing>();

async function send(request: Request): Promise<Response> {
  // Guests name the token of their hold themselves.
  const own = !request.headers.has("authorization");
  let answer = await once(request, own);
  if (answer.status === 401 && own && session.token() !== null) {
    if ((await session.refresh()) || (await session.askToSignIn())) {
      answer = await once(request, own);
    }
  }
  return answer;
}

async function once(request: Request, own: boolean): Promise<Response> {
  const copy = request.clone();
  const token = own ? await session.freshToken() : null;
  if (token !== null) copy.headers.set("authorization", `Bearer ${token}`);
  const sent = performance.now();
  const answer = await fetch(copy);
  timings.set(answer, { sent, received: performance.now() });
  return answer;
}

/** Typed by the server's document: `api.GET("/v1/items", …)`. Wrap it in `done`. */
export const api = createClient<paths>({ baseUrl: address("/").replace(/\/$/, ""), fetch: send });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was answered. Throws `Problem`. */
export async function done<T>(asked: Promise<Answer<T>>): Promise<T> {
  return (await answered(asked)).data;
}

/** The same, with the cursor of the next page. */
export async function page<T>(
  asked: Promise<Answer<T>>,
): Promise<{ data: T; next: string | null }> {
  const { data, response } = await answered(asked);
  return { data, next: nextCursor(response.headers.get("link")) };
}

async function answered<T>(asked: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem("unreachable", 0, "The server could not be reached.");
  }
  const { data, error, response } = answer;
  if (!response.ok) throw problemOf(error, response);
  const timing = timings.get(response);
  const time = timeIn(data);
  if (timing !== undefined && time !== null) {
    serverClock.observe(time, timing.sent, timing.received);
  }
  return { data: data as T, response };
}

/** Every answer of what changes with time says when it was true. */
function timeIn(data: unknown): number | null {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  if (typeof first !== "object" || first === null) return null;
  const said = first as { server_time?: unknown; serverTime?: unknown };
  const time = said.server_time ?? said.serverTime;
  return typeof time === "string" ? Date.parse(time) : null;
}

function nextCursor(link: string | null): string | null {
  const next = link?.match(/<([^>]*)>;\s*rel="?next"?/);
  if (!next?.[1]) return null;
  return new URL(next[1], document.baseURI).searchParams.get("cursor");
}
