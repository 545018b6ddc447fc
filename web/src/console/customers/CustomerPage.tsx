import { Group, Stack, Text, Title } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { DataTable } from "@shared/ui/DataTable.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Copyable } from "../parts/Copyable.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Guard } from "../parts/Guard.tsx";
import { short, useUser } from "../parts/People.tsx";
import { IdCell, PlacedCell, StatusCell, UnitsCell, WhatCell } from "../reservations/cells.tsx";
import { LIST, loadPage, type Reservation } from "../reservations/queries.ts";
import { LIST_TEXTS } from "../reservations/texts.ts";
import { LiveHolds } from "./LiveHolds.tsx";
import { CUSTOMER_TEXTS } from "./texts.ts";

export function CustomerPage() {
  const t = useTexts(CUSTOMER_TEXTS);
  const { customer } = useParams({ from: "/inside/customers/$customer" });
  return (
    <Guard permission="customers:read" title={t.title}>
      <Customer key={customer} id={customer} />
    </Guard>
  );
}

function Customer({ id }: { id: string }) {
  const t = useTexts(CUSTOMER_TEXTS);
  const list = useTexts(LIST_TEXTS);
  const { locale } = useLocale();
  const navigate = useNavigate();
  const user = useUser(id);
  const mayWrite = useMay("reservations:write");
  const mayAudit = useMay("audit:read");
  const columns = [
    { key: "id", header: list.id, cell: (row: Reservation) => <IdCell row={row} /> },
    { key: "status", header: list.status, cell: (row: Reservation) => <StatusCell row={row} /> },
    { key: "what", header: list.what, cell: (row: Reservation) => <WhatCell row={row} /> },
    {
      key: "units",
      header: list.units,
      numeric: true,
      cell: (row: Reservation) => <UnitsCell row={row} />,
    },
    { key: "placed", header: list.placed, cell: (row: Reservation) => <PlacedCell row={row} /> },
  ];
  return (
    <Screen
      title={user?.email ?? (id.startsWith("usr_") ? short(id) : id)}
      actions={
        <Group gap="md">
          <TextLink to="/customers">{t.back}</TextLink>
          {mayWrite ? (
            <ButtonLink size="xs" to="/reservations/new" search={{ customer: user?.email ?? id }}>
              {t.make}
            </ButtonLink>
          ) : null}
        </Group>
      }
    >
      {user === undefined ? (
        id.startsWith("usr_") ? null : (
          <Text c="dimmed">{t.noAccount}</Text>
        )
      ) : (
        <Facts
          of={[
            [t.name, user.name],
            [t.email, user.email],
            [t.since, dateTime(user.created_at, locale)],
            [t.shutOut, user.disabled_at === null ? null : dateTime(user.disabled_at, locale)],
            [t.id, user.id],
          ]}
        />
      )}
      <LiveHolds customer={id} />
      <Stack component="section" gap="xs" aria-label={t.all}>
        <Title order={2} size="h4">
          {t.all}
        </Title>
        <DataTable
          id="customer-reservations"
          minWidth={760}
          label={t.all}
          columns={columns}
          rowKey={(row) => row.id}
          queryKey={[LIST, "of", id]}
          load={(place) => loadPage({ customer: id, ...place })}
          onOpen={(row) =>
            void navigate({ to: "/reservations/$reservation", params: { reservation: row.id } })
          }
          empty={<EmptyState title={t.noneReserved}>{t.noneReservedWhat}</EmptyState>}
        />
      </Stack>
      {mayAudit ? (
        <Stack component="section" gap="xs" aria-label={t.erase}>
          <Title order={2} size="h4">
            {t.erase}
          </Title>
          <Text size="sm" c="dimmed" maw={640}>
            {t.eraseWhat}
          </Text>
          <Copyable label={t.command} text={`firmhold audit erase ${quoted(user?.email ?? id)}`} />
        </Stack>
      ) : null}
    </Screen>
  );
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@.+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
