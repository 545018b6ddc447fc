/** Another time for what is reserved. What is left is free in the same instant, or nothing changes. */
import { Button, Stack, Text } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Picker } from "../appointments/Picker.tsx";
import { Refused } from "../appointments/Refused.tsx";
import { type Slot, useSlot } from "../appointments/slot.ts";
import { useSites } from "../appointments/slots.ts";
import { dayAndSpan, span } from "../appointments/span.ts";
import { useMove } from "./acts.ts";
import { useReservation } from "./mine.ts";
import { DETAIL_TEXTS, MOVE_TEXTS } from "./texts.ts";

export function MovePage() {
  const t = useTexts(MOVE_TEXTS);
  const { title } = useTexts(DETAIL_TEXTS);
  const { locale } = useLocale();
  const { reservation: id } = useParams({ from: "/reservations/$reservation/move" });
  const search = useSearch({ from: "/reservations/$reservation/move" });
  const navigate = useNavigate({ from: "/reservations/$reservation/move" });
  const { error, own } = useReservation(id);
  const line = own?.reservation.lines.find(
    (it) => it.starts_at !== null && it.held + it.confirmed > 0,
  );
  const now = useSlot(line?.offering ?? "", line !== undefined).data;
  const { data: sites } = useSites();
  const site = sites?.find((it) => it.id === (search.site ?? now?.site));
  const [chosen, setChosen] = useState<Slot | null>(null);
  const toDetail = () =>
    void navigate({ to: "/reservations/$reservation", params: { reservation: id } });
  const move = useMove(own, { onDone: toDetail });
  const back = (
    <TextLink to="/reservations/$reservation" params={{ reservation: id }}>
      {t.back}
    </TextLink>
  );
  if (own !== null && line === undefined)
    return (
      <Screen title={title}>
        <EmptyState title={t.notMovable}>{back}</EmptyState>
      </Screen>
    );
  if (now === undefined || sites === undefined || site === undefined)
    return (
      <Screen title={title}>
        {error === null ? <LoadingState /> : <ErrorState error={error} />}
      </Screen>
    );
  return (
    <Screen title={t.title(now.title)}>
      <Stack gap="xs">
        <Text>{t.now(dayAndSpan(now, locale, now.zone))}</Text>
        {back}
      </Stack>
      <Picker
        search={search}
        site={site}
        sites={sites}
        onSearch={(next) => void navigate({ search: next, resetScroll: false })}
        renderAction={(slot, state, zone) =>
          state === "free" ? (
            <Button
              size="sm"
              aria-label={t.named(t.here, span(slot, locale, zone), slot.title)}
              onClick={() => {
                move.reset();
                setChosen(slot);
              }}
            >
              {t.here}
            </Button>
          ) : null
        }
      />
      <ConfirmDialog
        opened={chosen !== null}
        title={t.ask}
        action={t.it}
        colour="blue"
        pending={move.pending}
        onConfirm={() => {
          if (chosen !== null) move.start({ from: now.id, to: chosen.id });
        }}
        onClose={() => setChosen(null)}
      >
        <Stack gap="xs">
          <Text>{t.from(dayAndSpan(now, locale, now.zone))}</Text>
          {chosen === null ? null : (
            <Text fw={600}>{t.to(dayAndSpan(chosen, locale, chosen.zone))}</Text>
          )}
          <Text size="sm" c="dimmed">
            {t.what}
          </Text>
          {move.problem === null ? null : (
            <Refused problem={move.problem} zone={now.zone} onRepeat={move.repeat} />
          )}
        </Stack>
      </ConfirmDialog>
    </Screen>
  );
}
