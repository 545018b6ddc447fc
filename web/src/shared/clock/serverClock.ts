/**
 * The server's clock, which alone decides. It is measured against the time since the page began,
 * and not against the device's clock, which may be an hour wrong or be set while somebody waits.
 */

interface Sample {
  /** Server time less page time, in milliseconds, at the middle of the request. */
  offset: number;
  /** How long the request took: the offset is wrong by half of it at most. */
  took: number;
  at: number;
}

const KEPT = 8;
const OLD = 600_000;
/** Page time stands still while some devices sleep. */
const SLEPT = 2_000;

export class ServerClock {
  #samples: Sample[] = [];
  #drift: number;

  constructor(
    private readonly page: () => number = () => performance.now(),
    private readonly device: () => number = () => Date.now(),
  ) {
    this.#drift = this.device() - this.page();
  }

  /** An answer said that it was `time` (milliseconds since 1970). */
  observe(time: number, sent: number, received: number): void {
    this.#forgetIfSlept();
    const sample = { offset: time - (sent + received) / 2, took: received - sent, at: received };
    this.#samples = [
      ...this.#samples.filter((it) => received - it.at < OLD).slice(1 - KEPT),
      sample,
    ];
  }

  /** Now, by the server's clock; by the device's as long as the server has said nothing. */
  now(): number {
    this.#forgetIfSlept();
    const best = this.#samples.reduce<Sample | null>(
      (best, it) => (best === null || it.took <= best.took ? it : best),
      null,
    );
    return best === null ? this.device() : this.page() + best.offset;
  }

  /** Something may have come between, such as a night: what comes next counts alone. */
  forget(): void {
    // The last one goes on until there is a better one.
    this.#samples = this.#samples.slice(-1).map((it) => ({ ...it, took: Number.MAX_VALUE }));
  }

  #forgetIfSlept(): void {
    const drift = this.device() - this.page();
    const jump = drift - this.#drift;
    this.#drift = drift;
    if (Math.abs(jump) > SLEPT) this.forget();
  }
}

export const serverClock = new ServerClock();
