/** What one has reserved, the newest first. */
import { Button, Group, NativeSelect, Paper, Stack, Text } from "@mantine/core";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Own } from "../storefront/reservations.ts";
import { useWhat } from "../storefront/what.ts";
import { CancelDialog } from "./CancelDialog.tsx";
import { mayCancel, useReservations } from "./mine.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { listSearch, STATUSES } from "./search.ts";
import { RESERVATION_TEXTS } from "./texts.ts";
import { Waiting } from "./Waiting.tsx";

export function ReservationsPage() {
  const t = useTexts(RESERVATION_TEXTS);
  const { user } = useSession();
  const { status } = useSearch({ from: "/reservations" });
  const navigate = useNavigate({ from: "/reservations" });
  const { error, loadingMore, more, own, pending, refetch } = useReservations(status);
  return (
    <Screen
      title={t.title}
      actions={
        user === null ? null : (
          <NativeSelect
            aria-label={t.status}
            value={status ?? ""}
            data={[
              { value: "", label: t.all },
              ...STATUSES.map((value) => ({ value, label: t[value] })),
            ]}
            onChange={(event) =>
              void navigate({ search: listSearch({ status: event.currentTarget.value }) })
            }
          />
        )
      }
    >
      {error === null ? null : <ErrorState error={error} onRepeat={refetch} />}
      {pending ? <LoadingState /> : null}
      {user === null ? <SignIn /> : null}
      {own.length === 0 && !pending && error === null && user !== null ? (
        <EmptyState title={status === undefined ? t.none : t.noneSuch}>
          <Group gap="md">
            <TextLink to="/sale">{t.sale}</TextLink>
            <TextLink to="/appointments">{t.book}</TextLink>
          </Group>
        </EmptyState>
      ) : null}
      <Stack component="ul" p={0} m={0}>
        {own.map((it) => (
          <Line key={it.reservation.id} own={it} />
        ))}
      </Stack>
      {more === null ? null : (
        <Button
          variant="default"
          loading={loadingMore}
          onClick={more}
          style={{ alignSelf: "start" }}
        >
          {t.more}
        </Button>
      )}
      <Waiting />
    </Screen>
  );
}

function SignIn() {
  const t = useTexts(RESERVATION_TEXTS);
  const { signIn } = useTexts(AUTH_TEXTS);
  return (
    <EmptyState title={t.signIn}>
      <ButtonLink to="/account/sign-in" search={{ next: "/reservations" }}>
        {signIn}
      </ButtonLink>
    </EmptyState>
  );
}

function Line({ own }: { own: Own }) {
  const t = useTexts(RESERVATION_TEXTS);
  const { locale } = useLocale();
  const { reservation } = own;
  const what = useWhat(reservation);
  const [asked, setAsked] = useState(false);
  return (
    <Paper component="li" withBorder p="md" style={{ listStyle: "none" }} data-id={reservation.id}>
      <Group justify="space-between">
        <div style={{ flex: "1 1 16rem" }}>
          <TextLink
            fw={600}
            to="/reservations/$reservation"
            params={{ reservation: reservation.id }}
          >
            <bdi>{what}</bdi>
          </TextLink>
          <Text size="sm" c="dimmed">
            {t.made(dateTime(reservation.created_at, locale))}
          </Text>
        </div>
        <Group gap="sm">
          <StatusBadge status={reservation.status} />
          {reservation.status === "confirmed" && mayCancel(reservation) ? (
            <Button
              variant="default"
              size="xs"
              aria-label={t.cancelTitle(what)}
              onClick={() => setAsked(true)}
            >
              {t.cancel}
            </Button>
          ) : null}
        </Group>
      </Group>
      <CancelDialog own={own} what={what} opened={asked} onClose={() => setAsked(false)} />
    </Paper>
  );
}
