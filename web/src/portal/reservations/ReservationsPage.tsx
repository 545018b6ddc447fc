/** What one has reserved, the newest first. Cancelling asks first. */
import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { useAct } from "../storefront/acts.ts";
import { useWhat } from "../storefront/HoldBar.tsx";
import { type Own, useOwnReservations } from "../storefront/reservations.ts";
import { RESERVATION_TEXTS } from "./texts.ts";

export function ReservationsPage() {
  const t = useTexts(RESERVATION_TEXTS);
  const { error, own, pending, refetch } = useOwnReservations();
  return (
    <Screen title={t.title}>
      {error === null ? null : <ErrorState error={error} onRepeat={refetch} />}
      {pending ? <LoadingState /> : null}
      {own.length === 0 && !pending && error === null ? (
        <EmptyState title={t.none}>
          <TextLink to="/sale">{t.noneWhat}</TextLink>
        </EmptyState>
      ) : null}
      <Stack component="ul" p={0} m={0}>
        {own.map((it) => (
          <Line key={it.reservation.id} own={it} />
        ))}
      </Stack>
    </Screen>
  );
}

function Line({ own }: { own: Own }) {
  const t = useTexts(RESERVATION_TEXTS);
  const { locale } = useLocale();
  const { reservation } = own;
  const what = useWhat(reservation);
  const [asked, setAsked] = useState(false);
  const act = useAct(own, { onDone: () => setAsked(false), onProblem: () => setAsked(false) });
  return (
    <Paper component="li" withBorder p="md" style={{ listStyle: "none" }}>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{what}</Text>
          <Text size="sm" c="dimmed">
            {dateTime(reservation.created_at, locale)}
          </Text>
        </div>
        <Group>
          <Badge
            variant="light"
            tt="none"
            color={reservation.status === "confirmed" ? "green" : "gray"}
            data-status={reservation.status}
          >
            {statusText(t, reservation.status)}
          </Badge>
          {reservation.status === "confirmed" ? (
            <Button variant="default" size="xs" onClick={() => setAsked(true)}>
              {t.cancel}
            </Button>
          ) : null}
        </Group>
      </Group>
      {act.problem === null ? null : (
        <ErrorState error={act.problem} onRepeat={act.problem.transient ? act.repeat : undefined} />
      )}
      <ConfirmDialog
        opened={asked}
        title={t.cancelTitle(what)}
        action={t.cancelIt}
        pending={act.pending}
        onConfirm={() => act.start("cancel")}
        onClose={() => setAsked(false)}
      >
        {t.cancelWhat}
      </ConfirmDialog>
    </Paper>
  );
}

function statusText(t: (typeof RESERVATION_TEXTS)["en"], status: string): string {
  switch (status) {
    case "held":
      return t.held;
    case "confirmed":
      return t.confirmed;
    case "expired":
      return t.expired;
    case "released":
      return t.released;
    case "fulfilled":
      return t.fulfilled;
    case "no_show":
      return t.no_show;
    default:
      return t.cancelled;
  }
}
