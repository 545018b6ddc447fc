/** Cells of a list of reservations, each as new as what is known of its reservation. */
import { Text } from "@mantine/core";
import { dateTime, timeOfDay } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { CustomerName, short } from "../parts/People.tsx";
import { type Line, type Reservation, useOfferingName, useRow } from "./queries.ts";
import { StatusBadge } from "./Status.tsx";
import { LIST_TEXTS } from "./texts.ts";

export function IdCell({ row }: { row: Reservation }) {
  return (
    <TextLink
      to="/reservations/$reservation"
      params={{ reservation: row.id }}
      title={row.id}
      onClick={(event) => event.stopPropagation()}
      size="sm"
      style={{ whiteSpace: "nowrap" }}
    >
      {short(row.id)}
    </TextLink>
  );
}

export function StatusCell({ row }: { row: Reservation }) {
  return <StatusBadge status={useRow(row).status} />;
}

export function CustomerCell({ row }: { row: Reservation }) {
  return <CustomerName id={row.customer} />;
}

export function WhatCell({ row }: { row: Reservation }) {
  const { lines } = useRow(row);
  const [first, ...others] = lines;
  if (first === undefined) return null;
  return (
    <Text span inherit>
      <LineName line={first} />
      {others.length === 0 ? "" : ` + ${others.length}`}
    </Text>
  );
}

export function LineName({ line }: { line: Line }) {
  const { locale } = useLocale();
  const named = useOfferingName(line.offering);
  if (line.starts_at === null) return <>{named?.name ?? line.sku ?? short(line.offering)}</>;
  return (
    <>
      {named === undefined ? "" : `${named.name}, `}
      {dateTime(line.starts_at, locale, named?.zone)}
    </>
  );
}

export function UnitsCell({ row }: { row: Reservation }) {
  return <>{useRow(row).lines.reduce((sum, { quantity }) => sum + quantity, 0)}</>;
}

export function PlacedCell({ row }: { row: Reservation }) {
  const { locale } = useLocale();
  return (
    <Text span inherit title={timeOfDay(row.created_at, locale)} style={{ whiteSpace: "nowrap" }}>
      {dateTime(row.created_at, locale)}
    </Text>
  );
}

export function EndsCell({ row }: { row: Reservation }) {
  const t = useTexts(LIST_TEXTS);
  const { expires_at: ends, status } = useRow(row);
  if (status !== "held" || ends === null) return null;
  return <Timer until={ends} label={t.timeLeft} urgent={false} fw={400} />;
}
