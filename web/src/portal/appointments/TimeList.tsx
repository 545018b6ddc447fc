/** The times of a day. The focus comes here when the day is chosen, and a link leads back. */
import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { EmptyState, LoadingState } from "@shared/ui/states.tsx";
import { type MouseEvent, type ReactNode, type Ref, useId } from "react";
import { nameOf } from "./dates.ts";
import type { Mine } from "./mine.ts";
import classes from "./Picker.module.css";
import { SlotLine, type SlotState, slotState } from "./SlotLine.tsx";
import type { Slot } from "./slot.ts";
import { PICK_TEXTS } from "./texts.ts";

export type SlotAction = (slot: Slot, state: SlotState, zone: string) => ReactNode;

interface TimeListProps {
  day: string;
  slots: Slot[] | undefined;
  mine: Mine;
  zone: string;
  renderAction: SlotAction;
  heading: Ref<HTMLHeadingElement>;
  onBack: () => void;
}

export function TimeList({ day, heading, mine, onBack, renderAction, slots, zone }: TimeListProps) {
  const t = useTexts(PICK_TEXTS);
  const { locale } = useLocale();
  const id = useId();
  const name = nameOf(day, locale, { weekday: "long", day: "numeric", month: "long" });
  const back = (event: MouseEvent) => {
    event.preventDefault();
    onBack();
  };
  return (
    <Stack component="section" gap="xs" aria-labelledby={id}>
      <Title
        order={2}
        size="h4"
        id={id}
        ref={heading}
        tabIndex={-1}
        className={classes.heading ?? ""}
      >
        {t.times(name)}
      </Title>
      <Text size="sm" c="dimmed">
        {zone}
      </Text>
      <Anchor href="#calendar" onClick={back} size="sm">
        {t.back}
      </Anchor>
      {slots === undefined ? <LoadingState rows={4} /> : null}
      {slots?.length === 0 ? <EmptyState title={t.noTimes}>{t.noTimesWhat}</EmptyState> : null}
      <ul className={classes.list}>
        {(slots ?? []).map((slot) => {
          const state = slotState(slot, mine.get(slot.id));
          return (
            <SlotLine
              key={slot.id}
              slot={slot}
              state={state}
              zone={zone}
              action={renderAction(slot, state, zone)}
            />
          );
        })}
      </ul>
    </Stack>
  );
}
