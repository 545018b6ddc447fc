/** How the list is filtered, as it stands in the address. */
export const STATUSES = [
  "held",
  "confirmed",
  "fulfilled",
  "no_show",
  "cancelled",
  "released",
  "expired",
] as const;

export type Status = (typeof STATUSES)[number];

export function listSearch(given: Record<string, unknown>): { status?: Status } {
  const status = STATUSES.find((known) => known === given.status);
  return status === undefined ? {} : { status };
}
