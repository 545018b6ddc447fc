/** How long to wait before the next try: twice as long each time, and never all at once. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const most = Math.min(30_000, 500 * 2 ** failures);
  return most / 4 + random() * most * 0.75;
}
