/** The slots of a month that are wanted, by their days. */
import { useMemo } from "react";
import { dateIn } from "./dates.ts";
import type { Mine } from "./mine.ts";
import { isFree, slotState } from "./SlotLine.tsx";
import type { PickSearch } from "./search.ts";
import type { Slot } from "./slot.ts";

export type Days = ReadonlyMap<string, Slot[]>;

/** `undefined` as long as the month's slots are not known. */
export function useDays(
  slots: Slot[] | undefined,
  { service, with: who }: PickSearch,
  zone: string,
): Days | undefined {
  return useMemo(
    () =>
      slots === undefined
        ? undefined
        : byDay(
            slots.filter((slot) => matches(slot, { service, with: who })),
            zone,
          ),
    [slots, service, who, zone],
  );
}

interface Wanted {
  service: string | undefined;
  with: string | undefined;
}

export function matches(slot: Slot, { service, with: who }: Wanted): boolean {
  return (
    (service === undefined || slot.title === service) &&
    (who === undefined || slot.practitioner?.id === who)
  );
}

/** Slots by the day that they begin on, by the clocks of a zone. */
export function byDay(slots: Slot[], zone: string): Map<string, Slot[]> {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const date = dateIn(Date.parse(slot.starts_at), zone);
    const others = days.get(date);
    if (others === undefined) days.set(date, [slot]);
    else others.push(slot);
  }
  return days;
}

/** How many can be had, with those that one holds already. */
export function freeOf(slots: Slot[] | undefined, mine: Mine): number {
  return (slots ?? []).filter((slot) => isFree(slotState(slot, mine.get(slot.id)))).length;
}
