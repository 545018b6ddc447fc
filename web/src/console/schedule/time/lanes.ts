/** What overlaps stands side by side. */

export interface Span {
  start: number;
  end: number;
}

export interface Placed<T> {
  item: T;
  lane: number;
  /** How many stand side by side where it is. */
  lanes: number;
}

export interface More<T> extends Span {
  items: T[];
  lane: number;
  lanes: number;
}

/** Lanes for all of them; what does not fit into `most` is gathered. */
export function sideBySide<T extends Span>(
  items: readonly T[],
  most = Number.POSITIVE_INFINITY,
): { placed: Placed<T>[]; more: More<T>[] } {
  const placed: Placed<T>[] = [];
  const more: More<T>[] = [];
  for (const group of overlapping(items)) {
    const ends: number[] = [];
    const lanes = group.map((item) => {
      const free = ends.findIndex((end) => end <= item.start);
      const lane = free === -1 ? ends.length : free;
      ends[lane] = item.end;
      return { item, lane };
    });
    const count = Math.min(ends.length, most);
    const fits = (lane: number) => ends.length <= most || lane < most - 1;
    for (const { item, lane } of lanes) if (fits(lane)) placed.push({ item, lane, lanes: count });
    const rest = lanes.filter(({ lane }) => !fits(lane)).map(({ item }) => item);
    if (rest.length > 0)
      more.push({
        items: rest,
        start: Math.min(...rest.map(({ start }) => start)),
        end: Math.max(...rest.map(({ end }) => end)),
        lane: most - 1,
        lanes: count,
      });
  }
  return { placed, more };
}

/** In the order of time, those together that overlap, directly or by others between them. */
function overlapping<T extends Span>(items: readonly T[]): T[][] {
  const groups: T[][] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const item of items.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (item.start >= until) groups.push([]);
    groups.at(-1)?.push(item);
    until = Math.max(until, item.end);
  }
  return groups;
}
