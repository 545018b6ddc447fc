/** How far back charts go, in minutes, and in which steps, in seconds. */
export const SPANS = { 15: 15, 60: 60, 1440: 600 } as const;

export type Span = keyof typeof SPANS;

export const SPAN_LIST: readonly Span[] = [15, 60, 1440];

export function isSpan(value: unknown): value is Span {
  return typeof value === "number" && value in SPANS;
}
