/** What a reservation is, in words. */
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useSlot } from "../appointments/slot.ts";
import { useProduct } from "./products.ts";
import type { Reservation } from "./reservations.ts";
import { HOLD_TEXTS } from "./texts.ts";

/** Whether a line of a reservation is an appointment, and not something from the shop. */
export function isSlot({ offering }: { offering: string }): boolean {
  return offering.startsWith("slot_");
}

/** A line names an offering by its id; what it is called is the catalogue's. */
export function useWhat(reservation: Reservation): string {
  const t = useTexts(HOLD_TEXTS);
  const { locale } = useLocale();
  const line = reservation.lines[0];
  const isOfSlot = line !== undefined && isSlot(line);
  const product = useProduct(line?.offering ?? "", !isOfSlot);
  const slot = useSlot(line?.offering ?? "", isOfSlot);
  if (isOfSlot && line.starts_at !== null) {
    const when = dateTime(line.starts_at, locale, slot.data?.zone);
    return slot.data === undefined ? when : t.appointment(slot.data.title, when);
  }
  return t.what(product.data?.name ?? line?.sku ?? "", line?.quantity ?? 0);
}
