import { List, Stack, Table, Text, Title } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { money } from "@shared/format/money.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { TextLink } from "@shared/ui/links.tsx";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Slot, useCounts } from "../queries.ts";
import { clock, longDay } from "../time/words.ts";
import { SLOT_TEXTS, type SlotTexts } from "./texts.ts";

export function SlotDetails({ slot }: { slot: Slot }) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const mayRead = useMay("reservations:read");
  const mayStock = useMay("stock:read");
  useLive({ offerings: [slot.id] });
  const { capacity, confirmed, held } = useCounts(slot);
  const [start, end] = [Date.parse(slot.starts_at), Date.parse(slot.ends_at)];
  const takes = slot.requirements.map(
    ({ name, per, units }) =>
      `${units} × ${name} (${per === "slot" ? t.perSlot : t.perReservation})`,
  );
  const rows: [string, ReactNode][] = [
    [
      t.when,
      `${longDay(start, slot.zone, locale)}, ${clock(start, slot.zone, locale)} – ${
        end - start < 86_400_000 ? "" : `${longDay(end, slot.zone, locale)}, `
      }${clock(end, slot.zone, locale)} (${slot.zone})`,
    ],
    [
      t.where,
      [slot.site_name, slot.room?.name, slot.practitioner?.name].filter(Boolean).join(", "),
    ],
    ...(takes.length > 0 ? [[t.takes, takes.join(", ")] as [string, ReactNode]] : []),
    [t.counts, t.countsOf(held, confirmed, capacity)],
    [t.state, stateText(t, slot)],
    ...(slot.waiting > 0 ? [[t.waiting, String(slot.waiting)] as [string, ReactNode]] : []),
    ...(slot.price === null ? [] : [[t.price, money(slot.price, locale)] as [string, ReactNode]]),
    ...(slot.schedule === null || !mayStock
      ? []
      : [
          [
            t.madeBy,
            <TextLink
              key="schedule"
              to="/schedule/recurring/$schedule"
              params={{ schedule: slot.schedule }}
            >
              {t.aSchedule}
            </TextLink>,
          ] as [string, ReactNode],
        ]),
  ];
  return (
    <Stack gap="xs">
      {slot.description === null ? null : <Text size="sm">{slot.description}</Text>}
      <Table variant="vertical" layout="auto">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={110}>
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {mayRead ? <Reservations slot={slot.id} /> : null}
    </Stack>
  );
}

function stateText(t: SlotTexts, slot: Slot): string {
  if (slot.withdrawn_at !== null) return t.withdrawn;
  return slot.reason === null ? t.bookable : t[slot.reason];
}

const LIVE = ["held", "confirmed", "fulfilled", "no_show"] as const;

function Reservations({ slot }: { slot: string }) {
  const t = useTexts(SLOT_TEXTS);
  const { data } = useQuery({
    queryKey: ["reservations", "of", slot],
    queryFn: () =>
      done(api.GET("/v1/reservations", { params: { query: { offering: slot, limit: 100 } } })),
  });
  const found = (data?.data ?? []).flatMap((reservation) => {
    const status = LIVE.find((it) => it === reservation.status);
    const line = reservation.lines.find(({ offering }) => offering === slot);
    return status === undefined || line === undefined ? [] : [{ ...reservation, status, line }];
  });
  return (
    <>
      <Title order={3} size="h5">
        {t.reservations}
      </Title>
      {data !== undefined && found.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t.noReservations}
        </Text>
      ) : (
        <List size="sm">
          {found.map(({ customer, id, line, status }) => (
            <List.Item key={id}>
              {t.reservation(customer ?? id, line.quantity, t[status])}
            </List.Item>
          ))}
        </List>
      )}
    </>
  );
}
