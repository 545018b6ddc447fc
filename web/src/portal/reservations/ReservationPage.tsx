/** One reservation: what it is, what became of it, and what can be done with it. */
import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { money, times } from "@shared/format/money.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { dateIn, monthOf } from "../appointments/dates.ts";
import { Fact, SlotFacts } from "../appointments/SlotFacts.tsx";
import { type Slot, useSlot } from "../appointments/slot.ts";
import { useProduct } from "../storefront/products.ts";
import type { Own, Reservation } from "../storefront/reservations.ts";
import { useWhat } from "../storefront/what.ts";
import { CalendarButton } from "./CalendarButton.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import { codeOf } from "./code.ts";
import { History } from "./History.tsx";
import { mayCancel, useReservation } from "./mine.ts";
import classes from "./ReservationPage.module.css";
import { StatusBadge } from "./StatusBadge.tsx";
import { DETAIL_TEXTS, RESERVATION_TEXTS } from "./texts.ts";

export function ReservationPage() {
  const { reservation: id } = useParams({ from: "/reservations/$reservation" });
  const t = useTexts(DETAIL_TEXTS);
  const { signIn: toSignIn } = useTexts(RESERVATION_TEXTS);
  const { signIn } = useTexts(AUTH_TEXTS);
  const { error, isStranger, own, refetch } = useReservation(id);
  if (own !== null) return <Detail own={own} />;
  return (
    <Screen title={t.title}>
      {isStranger ? (
        <EmptyState title={toSignIn}>
          <ButtonLink to="/account/sign-in" search={{ next: `/reservations/${id}` }}>
            {signIn}
          </ButtonLink>
        </EmptyState>
      ) : null}
      {error !== null ? <ErrorState error={error} onRepeat={() => void refetch()} /> : null}
      {error === null && !isStranger ? <LoadingState rows={2} height={160} /> : null}
      <TextLink to="/reservations">{t.all}</TextLink>
    </Screen>
  );
}

function Detail({ own }: { own: Own }) {
  const t = useTexts(DETAIL_TEXTS);
  const { reservation } = own;
  const what = useWhat(reservation);
  const isFirm = ["confirmed", "fulfilled", "no_show"].includes(reservation.status);
  const code = codeOf(reservation.id);
  return (
    <Screen title={what} actions={<StatusBadge status={reservation.status} size="lg" />}>
      {isFirm && code !== null ? (
        <Paper withBorder p="lg" className={classes.code ?? ""}>
          <Text size="sm" c="dimmed">
            {t.code}
          </Text>
          <Text fw={650} size="xl" className={classes.letters ?? ""} data-code>
            {code}
          </Text>
          <Text size="sm" c="dimmed">
            {t.codeWhat}
          </Text>
        </Paper>
      ) : null}
      {reservation.lines.map((line) =>
        line.starts_at === null ? (
          <ItemLine key={line.offering} line={line} />
        ) : (
          <SlotLine key={line.offering} line={line} reservation={reservation} />
        ),
      )}
      <Actions own={own} what={what} />
      <History reservation={reservation} />
      <Group className="no-print" gap="lg">
        <TextLink to="/reservations">{t.all}</TextLink>
        <TextLink to="/appointments">{t.again}</TextLink>
      </Group>
    </Screen>
  );
}

type Line = Reservation["lines"][number];

function SlotLine({ line, reservation }: { line: Line; reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const { data, error, refetch } = useSlot(line.offering);
  if (error !== null) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  if (data === undefined) return <LoadingState rows={1} height={160} />;
  return (
    <SlotFacts slot={data}>
      {line.quantity > 1 ? <Fact name={t.quantity}>{line.quantity}</Fact> : null}
      {reservation.guest_count ? <Fact name={t.guests}>{reservation.guest_count}</Fact> : null}
      {reservation.notes === null ? null : (
        <Fact name={t.notes}>
          <span dir="auto" className={classes.notes}>
            {reservation.notes}
          </span>
        </Fact>
      )}
    </SlotFacts>
  );
}

function ItemLine({ line }: { line: Line }) {
  const { locale } = useLocale();
  const { data } = useProduct(line.offering);
  return (
    <Group justify="space-between">
      <Text>
        <bdi>{data?.name ?? line.sku}</bdi> × {line.quantity}
      </Text>
      {line.unit_price === null ? null : (
        <Text className="tabular">{money(times(line.unit_price, line.quantity), locale)}</Text>
      )}
    </Group>
  );
}

function dayOf(slot: Slot): string {
  return dateIn(Date.parse(slot.starts_at), slot.zone);
}

function Actions({ own, what }: { own: Own; what: string }) {
  const t = useTexts(DETAIL_TEXTS);
  const { cancel } = useTexts(RESERVATION_TEXTS);
  const { locale } = useLocale();
  const [asked, setAsked] = useState(false);
  const { reservation } = own;
  const { cancellable_until: until, status } = reservation;
  const line = reservation.lines.find((it) => it.starts_at !== null && it.held + it.confirmed > 0);
  const slot = useSlot(line?.offering ?? "", line !== undefined).data;
  const isOpen = mayCancel(reservation);
  const isFirm = status === "confirmed";
  const isLive = isFirm || status === "held";
  if (!isLive) return null;
  return (
    <Stack gap="sm" className="no-print">
      {status === "held" ? <Text>{t.heldWhat}</Text> : null}
      {isFirm && until !== null ? (
        <Text c="dimmed">{isOpen ? t.until(dateTime(until, locale, slot?.zone)) : t.tooLate}</Text>
      ) : null}
      <Group gap="sm">
        {status === "held" && line !== undefined ? (
          <ButtonLink to="/appointments/$slot" params={{ slot: line.offering }}>
            {t.goOn}
          </ButtonLink>
        ) : null}
        {line === undefined ? null : <CalendarButton own={own} />}
        <Button variant="default" onClick={() => window.print()}>
          {t.print}
        </Button>
        {isOpen && line !== undefined && slot !== undefined ? (
          <ButtonLink
            variant="default"
            to="/reservations/$reservation/move"
            params={{ reservation: reservation.id }}
            search={{ site: slot.site, service: slot.title, month: monthOf(dayOf(slot)) }}
          >
            {t.move}
          </ButtonLink>
        ) : null}
        {isFirm && isOpen ? (
          <Button variant="default" onClick={() => setAsked(true)}>
            {cancel}
          </Button>
        ) : null}
      </Group>
      <CancelDialog own={own} what={what} opened={asked} onClose={() => setAsked(false)} />
    </Stack>
  );
}
