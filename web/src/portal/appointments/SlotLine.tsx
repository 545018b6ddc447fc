/** A slot in a list: its time, what it is, who and where, and whether it can be had. */
import { Badge, Text } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { ReactNode } from "react";
import type { Own } from "../storefront/reservations.ts";
import classes from "./Picker.module.css";
import type { Slot } from "./slot.ts";
import { span } from "./span.ts";
import { PICK_TEXTS, SLOT_TEXTS } from "./texts.ts";

export type SlotState = "held" | "booked" | "free" | "full" | "busy" | "early" | "late" | "closed";

/** How a slot stands for whoever looks. What one holds oneself is not taken from one. */
export function slotState(slot: Slot, own: Own | undefined): SlotState {
  if (own !== undefined) return own.reservation.status === "held" ? "held" : "booked";
  if (slot.bookable) return "free";
  if (!slot.open || slot.withdrawn_at !== null) return "closed";
  switch (slot.reason) {
    case "pool_busy":
      return "busy";
    case "not_on_sale_yet":
    case "too_far_ahead":
      return "early";
    case "sale_ended":
    case "too_late_to_book":
      return "late";
    default:
      return "full";
  }
}

/** Whether somebody can have it who looks: what one holds oneself is still one's own to take. */
export function isFree(state: SlotState): boolean {
  return state === "free" || state === "held";
}

interface SlotLineProps {
  slot: Slot;
  state: SlotState;
  zone: string;
  action: ReactNode;
}

export function SlotLine({ action, slot, state, zone }: SlotLineProps) {
  const t = useTexts(PICK_TEXTS);
  const s = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const about = [
    slot.practitioner?.name,
    slot.room?.name,
    ...slot.requirements.map(({ name, units }) => s.units(units, name)),
  ].filter((part) => part !== undefined);
  const word = state === "free" ? null : t[state];
  return (
    <li className={classes.line} data-slot={slot.id} data-state={state}>
      <div className={classes.what}>
        <Text
          fw={600}
          className="tabular"
          {...(isFree(state) || state === "booked" ? {} : { c: "dimmed" })}
        >
          {span(slot, locale, zone)}
        </Text>
        <Text size="sm">
          <bdi>{slot.title}</bdi>
        </Text>
        {about.length === 0 ? null : (
          <Text size="sm" c="dimmed">
            {about.map((part, place) => (
              <span key={place}>
                {place === 0 ? null : " · "}
                <bdi>{part}</bdi>
              </span>
            ))}
          </Text>
        )}
        {slot.capacity > 1 && state === "free" ? (
          <Text size="sm" className="tabular">
            {t.left(slot.available, slot.capacity)}
          </Text>
        ) : null}
        {word === null ? null : (
          <Badge
            mt={4}
            variant="light"
            tt="none"
            color={state === "held" || state === "booked" ? "green" : "gray"}
          >
            {word}
          </Badge>
        )}
      </div>
      {action}
    </li>
  );
}
