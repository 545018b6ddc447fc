/** Seconds until an instant, which only become fewer, unless the instant itself is another. */

export class Countdown {
  #until = Number.NaN;
  #shown = Number.POSITIVE_INFINITY;

  /** Whole seconds from `now` to `until` (milliseconds), 0 once it is over. */
  left(until: number, now: number): number {
    if (until !== this.#until) {
      this.#until = until;
      this.#shown = Number.POSITIVE_INFINITY;
    }
    const seconds = Math.max(0, Math.ceil((until - now) / 1000));
    // A better measurement of the clock must not give time back that was seen to pass.
    this.#shown = Math.min(this.#shown, seconds);
    return this.#shown;
  }
}

/** `4:05`, or `1:04:05`, or `3 d 04:05:06`. */
export function clockFace(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const rest = two(seconds % 60);
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}:${rest}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Seconds left at which it is said aloud, each once. */
const ANNOUNCED = [120, 60, 30] as const;
/** From here on it is shown as urgent. */
export const WARNING = 45;

/** Which announcement is due when the seconds left have gone from one value to another. */
export function announcementBetween(before: number, after: number): number | null {
  const passed = ANNOUNCED.filter((at) => before > at && after <= at);
  return passed.at(-1) ?? null;
}
