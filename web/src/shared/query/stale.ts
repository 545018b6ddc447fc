/** What is old. In a rush of news lists are asked for twice a second at most: for the first news at
 * once, and for all that follows together. */
import type { QueryClient, QueryKey } from "@tanstack/react-query";

const PAUSE = 500;

export class Stale {
  readonly #client: QueryClient;
  readonly #waiting = new Map<string, QueryKey>();
  #pausing = false;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  /** All that begins with this key. */
  mark(key: QueryKey): void {
    this.#waiting.set(JSON.stringify(key), key);
    // Not yet: what else the same frame says goes along.
    if (!this.#pausing) this.#pause(0);
  }

  #pause(milliseconds: number): void {
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      if (this.#waiting.size === 0) return;
      const keys = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const queryKey of keys) void this.#client.invalidateQueries({ queryKey });
      this.#pause(PAUSE);
    }, milliseconds);
  }
}
