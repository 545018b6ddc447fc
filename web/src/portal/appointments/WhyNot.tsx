/** Why a time cannot be had, and who or what is taken then. */
import { Alert } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { SlotState } from "./SlotLine.tsx";
import { type Slot } from "./slot.ts";
import { useAvailability } from "./slots.ts";
import { SLOT_TEXTS } from "./texts.ts";

export function WhyNot({ slot, state }: { slot: Slot; state: SlotState }) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const { data } = useAvailability(slot.id, state === "busy");
  const at = (instant: string) => dateTime(instant, locale, slot.zone);
  const busy = data?.busy ?? null;
  const text = { early: t.early, late: t.late, closed: t.closed }[state as string] ?? t.full;
  return (
    <Alert color="gray" title={t.notNow} role="status">
      {busy === null ? text : t.busy(busy.name, at(busy.busy_from), at(busy.busy_until))}
    </Alert>
  );
}
