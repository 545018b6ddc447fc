/**
 * What a guest has reserved here. A guest is nobody to the server but for the token that came with
 * each hold, so it is kept in this browser until it is of no more use.
 */
export interface GuestHold {
  reservation: string;
  token: string;
}

const KEPT = "firmhold.guest-holds";
const MOST = 20;

const listeners = new Set<() => void>();
let cached: { raw: string | null; holds: GuestHold[] } = { raw: null, holds: [] };

export function guestHolds(): GuestHold[] {
  const raw = localStorage.getItem(KEPT);
  if (raw !== cached.raw) cached = { raw, holds: parse(raw) };
  return cached.holds;
}

export function addGuestHold(hold: GuestHold): void {
  const others = guestHolds().filter((it) => it.reservation !== hold.reservation);
  keep([...others, hold].slice(-MOST));
}

export function dropGuestHold(reservation: string): void {
  keep(guestHolds().filter((it) => it.reservation !== reservation));
}

export function subscribeGuestHolds(listener: () => void): () => void {
  listeners.add(listener);
  // Another tab may have one more.
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function keep(holds: GuestHold[]): void {
  localStorage.setItem(KEPT, JSON.stringify(holds));
  for (const listener of listeners) listener();
}

function parse(raw: string | null): GuestHold[] {
  try {
    const found: unknown = JSON.parse(raw ?? "[]");
    return Array.isArray(found) ? found.filter(isHold) : [];
  } catch {
    return [];
  }
}

function isHold(it: unknown): it is GuestHold {
  if (typeof it !== "object" || it === null) return false;
  const { reservation, token } = it as Partial<GuestHold>;
  return typeof reservation === "string" && typeof token === "string";
}
