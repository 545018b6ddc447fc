/** What somebody types about an appointment, kept in this tab until it is held: over signing in,
 * going back, and loading the page again. What one person has typed is shown to no other. */
export interface Draft {
  quantity: number;
  guests: number | null;
  notes: string;
}

interface Kept extends Draft {
  /** Whose it is; `null` for somebody who had not signed in yet. */
  user: string | null;
}

const EMPTY: Draft = { quantity: 1, guests: null, notes: "" };

const keyOf = (slot: string) => `firmhold.draft.${slot}`;

/** What `user` has typed here, or what was typed before anybody had signed in. */
export function draftOf(slot: string, user: string | null): Draft {
  const kept = read(slot);
  if (kept === null || (kept.user !== null && kept.user !== user)) return EMPTY;
  return { quantity: kept.quantity, guests: kept.guests, notes: kept.notes };
}

export function keepDraft(slot: string, draft: Draft, user: string | null): void {
  // Whoever is signed out in the middle of it still has it after signing in again.
  const owner = user ?? read(slot)?.user ?? null;
  sessionStorage.setItem(keyOf(slot), JSON.stringify({ ...draft, user: owner }));
}

export function dropDraft(slot: string): void {
  sessionStorage.removeItem(keyOf(slot));
}

function read(slot: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(slot)) ?? "null") as Partial<Kept> | null;
    if (kept === null) return null;
    return {
      quantity: typeof kept.quantity === "number" ? kept.quantity : EMPTY.quantity,
      guests: typeof kept.guests === "number" ? kept.guests : EMPTY.guests,
      notes: typeof kept.notes === "string" ? kept.notes : EMPTY.notes,
      user: typeof kept.user === "string" ? kept.user : null,
    };
  } catch {
    return null;
  }
}
