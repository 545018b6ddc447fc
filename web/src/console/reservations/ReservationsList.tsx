import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { short } from "../parts/People.tsx";
import {
  CustomerCell,
  EndsCell,
  IdCell,
  PlacedCell,
  StatusCell,
  UnitsCell,
  WhatCell,
} from "./cells.tsx";
import { ExportButton } from "./ExportButton.tsx";
import { Filters } from "./Filters.tsx";
import { LIST, loadPage, putReservation, type Reservation, useOfferingId } from "./queries.ts";
import { type ListQuery, listQuery, type ReservationSearch } from "./search.ts";
import { LIST_TEXTS } from "./texts.ts";
import { useNewer } from "./useNewer.ts";

const BulkDialog = lazy(() => import("./BulkDialog.tsx"));

export function ReservationsList() {
  const t = useTexts(LIST_TEXTS);
  const search = useSearch({ from: "/inside/reservations" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const mayWrite = useMay("reservations:write");
  const offering = useOfferingId(search.offering);
  const [selected, setSelected] = useState<ReadonlyMap<string, Reservation>>(new Map());
  const [bulk, setBulk] = useState<Reservation[] | ListQuery | null>(null);
  const [generation, setGeneration] = useState(0);
  const { count: newer, forget } = useNewer(offering.id ?? undefined);
  useLive({ feed: true });

  const query = listQuery(search, offering.id ?? undefined);
  const goTo = (next: ReservationSearch) => {
    setSelected(new Map());
    void navigate({ to: "/reservations", search: next });
  };
  const showAnew = useCallback(() => {
    setGeneration((known) => known + 1);
    setSelected(new Map());
    forget();
  }, [forget]);
  const toggle = (row: Reservation) => {
    const next = new Map(selected);
    if (!next.delete(row.id)) next.set(row.id, row);
    setSelected(next);
  };

  const columns: Column<Reservation>[] = [
    { key: "id", header: t.id, cell: (row) => <IdCell row={row} /> },
    { key: "status", header: t.status, cell: (row) => <StatusCell row={row} /> },
    { key: "customer", header: t.customer, cell: (row) => <CustomerCell row={row} /> },
    { key: "what", header: t.what, cell: (row) => <WhatCell row={row} /> },
    { key: "units", header: t.units, numeric: true, cell: (row) => <UnitsCell row={row} /> },
    { key: "placed", header: t.placed, cell: (row) => <PlacedCell row={row} /> },
    { key: "ends", header: t.ends, numeric: true, cell: (row) => <EndsCell row={row} /> },
  ];
  const choose: Column<Reservation> = {
    key: "select",
    header: "",
    label: t.selection,
    cell: (row) => (
      <Checkbox
        size="sm"
        aria-label={t.select(short(row.id))}
        checked={selected.has(row.id)}
        onChange={() => toggle(row)}
        onClick={(event) => event.stopPropagation()}
      />
    ),
  };
  const filtered = Object.keys(search).length > 0;

  return (
    <Screen
      title={t.title}
      actions={
        mayWrite ? (
          <ButtonLink to="/reservations/new" size="xs">
            {t.make}
          </ButtonLink>
        ) : null
      }
    >
      <Filters search={search} noSuchOffering={offering.id === null} onSearch={goTo} />
      <Group gap="xs">
        {mayWrite ? (
          <>
            <Button
              size="xs"
              variant="default"
              disabled={selected.size === 0}
              onClick={() => setBulk([...selected.values()])}
            >
              {t.cancelSelected(selected.size)}
            </Button>
            {filtered ? (
              <Button size="xs" variant="default" onClick={() => setBulk(query)}>
                {t.cancelAll}
              </Button>
            ) : null}
          </>
        ) : null}
        <ExportButton query={query} />
        <Group gap="xs" role="status">
          {newer === 0 ? null : (
            <>
              <Text size="sm" fw={600}>
                {t.fresh(newer)}
              </Text>
              <Button size="compact-xs" variant="light" onClick={showAnew}>
                {t.show}
              </Button>
            </>
          )}
        </Group>
      </Group>
      {offering.error !== null ? <ErrorState error={offering.error} /> : null}
      {offering.pending || offering.id === null ? null : (
        <DataTable
          id="reservations"
          minWidth={1000}
          label={t.title}
          columns={mayWrite ? [choose, ...columns] : columns}
          rowKey={({ id }) => id}
          queryKey={[LIST, query, generation]}
          load={async (page) => {
            const loaded = await loadPage({ ...query, ...page });
            for (const row of loaded.data) putReservation(client, row);
            return loaded;
          }}
          onOpen={({ id }) =>
            void navigate({ to: "/reservations/$reservation", params: { reservation: id } })
          }
          empty={
            filtered ? (
              <EmptyState title={t.none}>{t.noneWhat}</EmptyState>
            ) : (
              <EmptyState title={t.noneYet}>{t.noneYetWhat}</EmptyState>
            )
          }
        />
      )}
      {bulk === null ? null : (
        <Suspense fallback={null}>
          <BulkDialog
            of={bulk}
            onClose={() => {
              setBulk(null);
              showAnew();
            }}
          />
        </Suspense>
      )}
    </Screen>
  );
}
