/** Whether a pool has enough left at a time, by the same arithmetic as the server's. */
import type { Schemas } from "@shared/api/client.ts";

export type Pool = Schemas["PoolView"];
type Loan = Schemas["LoanView"];

export interface Need {
  pool: string;
  units: number;
  per: "slot" | "reservation";
}

export interface Conflict {
  pool: Pool;
  per: Need["per"];
  wanted: number;
  /** Units left at the worst instant. */
  left: number;
  /** What is in the way, in the order of time. */
  loans: Loan[];
}

/** The time for which a slot takes a pool, buffers included. */
export function takenFrom(pool: Pool, start: number, end: number): { from: number; to: number } {
  return { from: start - pool.before_minutes * 60_000, to: end + pool.after_minutes * 60_000 };
}

/** `null` if there is enough. `own`: the slot itself, which is not in its own way. */
export function conflictOf(
  pool: Pool,
  need: Need,
  loans: readonly Loan[],
  time: { from: number; to: number },
  own: string | null,
): Conflict | null {
  const there = loans.filter(
    (loan) =>
      loan.slot !== own &&
      Date.parse(loan.starts_at) < time.to &&
      Date.parse(loan.ends_at) > time.from,
  );
  // The most is lent at the beginning of one of them, or of the time itself.
  const instants = [time.from, ...there.map(({ starts_at }) => Date.parse(starts_at))];
  const lent = (at: number) =>
    there
      .filter((loan) => Date.parse(loan.starts_at) <= at && at < Date.parse(loan.ends_at))
      .reduce((sum, { units }) => sum + units, 0);
  const most = Math.max(...instants.filter((at) => at >= time.from && at < time.to).map(lent));
  const left = pool.units - most;
  if (left >= need.units) return null;
  return { pool, per: need.per, wanted: need.units, left, loans: there };
}
