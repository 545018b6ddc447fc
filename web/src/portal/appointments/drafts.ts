/** What somebody types about an appointment, kept in this tab until it is held: over signing in,
 * going back, and loading the page again. */
export interface Draft {
  quantity: number;
  guests: number | null;
  notes: string;
}

const EMPTY: Draft = { quantity: 1, guests: null, notes: "" };

const keyOf = (slot: string) => `firmhold.draft.${slot}`;

export function draftOf(slot: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(slot)) ?? "{}") as Partial<Draft>;
    return {
      quantity: typeof kept.quantity === "number" ? kept.quantity : EMPTY.quantity,
      guests: typeof kept.guests === "number" ? kept.guests : EMPTY.guests,
      notes: typeof kept.notes === "string" ? kept.notes : EMPTY.notes,
    };
  } catch {
    return EMPTY;
  }
}

export function keepDraft(slot: string, draft: Draft): void {
  sessionStorage.setItem(keyOf(slot), JSON.stringify(draft));
}

export function dropDraft(slot: string): void {
  sessionStorage.removeItem(keyOf(slot));
}
