/** Who on the page wants to hear of what, added up to what is asked of the server. */
import { MOST_TOPICS, type Topics } from "./frames.ts";

export type Wanted = Partial<Topics>;

export class TopicSum {
  readonly #wanted = new Set<Wanted>();

  add(wanted: Wanted): () => void {
    this.#wanted.add(wanted);
    return () => this.#wanted.delete(wanted);
  }

  /** Each once, in an order of its own, and no more than the server takes. */
  total(): Topics {
    const all = [...this.#wanted];
    const merged = (of: (wanted: Wanted) => string[] | undefined) =>
      [...new Set(all.flatMap((wanted) => of(wanted) ?? []))].toSorted();
    // What somebody has reserved comes first, should it be too much.
    const reservations = merged((it) => it.reservations).slice(0, MOST_TOPICS);
    const sites = merged((it) => it.sites).slice(0, MOST_TOPICS - reservations.length);
    const rest = MOST_TOPICS - reservations.length - sites.length;
    const offerings = merged((it) => it.offerings).slice(0, rest);
    return { offerings, sites, reservations, feed: all.some((it) => it.feed === true) };
  }
}

export function isEmpty(topics: Topics): boolean {
  const { feed, offerings, reservations, sites } = topics;
  return !feed && offerings.length + reservations.length + sites.length === 0;
}
