/**
 * A table of what the server has, page by page with its cursors. Arrow keys go from row to row,
 * Enter opens one. The size of a page is kept in this browser; filters belong in the address, and
 * come in as part of the query's key.
 */
import { Button, Group, NativeSelect, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { texts, useTexts } from "../i18n/i18n.tsx";
import { scrolled } from "./scrolled.ts";
import { ErrorState, LoadingState } from "./states.tsx";

const TEXTS = texts({
  en: { rows: "Rows", next: "Next page", back: "Previous page", page: (n: number) => `Page ${n}` },
  de: {
    rows: "Zeilen",
    next: "Nächste Seite",
    back: "Vorige Seite",
    page: (n: number) => `Seite ${n}`,
  },
});

const SIZES = ["25", "50", "100"];

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand under each other. */
  numeric?: boolean;
}

interface DataTableProps<Row> {
  /** What the table is called, for those who do not see it; and where its page size is kept. */
  label: string;
  id: string;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  /** Begins with what live frames make old, such as `"reservations"`; ends with the filters. */
  queryKey: readonly unknown[];
  load: (page: { cursor?: string; limit: number }) => Promise<{ data: Row[]; next: string | null }>;
  onOpen?: (row: Row) => void;
  empty: ReactNode;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, empty, id, label, load, onOpen, queryKey, rowKey } = props;
  const t = useTexts(TEXTS);
  const kept = `firmhold.rows.${id}`;
  const [size, setSize] = useState(() => localStorage.getItem(kept) ?? "50");
  const filters = JSON.stringify(queryKey);
  const [place, setPlace] = useState<{ filters: string; cursors: string[] }>({
    filters,
    cursors: [],
  });
  // Other filters begin at the first page.
  const cursors = place.filters === filters ? place.cursors : [];
  const cursor = cursors.at(-1);
  const setCursors = (next: string[]) => setPlace({ filters, cursors: next });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...queryKey, size, cursor],
    queryFn: () => load({ limit: Number(size), ...(cursor === undefined ? {} : { cursor }) }),
    placeholderData: keepPreviousData,
  });

  if (isPending) return <LoadingState rows={6} height={32} />;
  if (error !== null && data === undefined)
    return <ErrorState error={error} onRepeat={() => void refetch()} />;
  const { data: rows, next } = data ?? { data: [], next: null };
  if (rows.length === 0 && cursors.length === 0) return <>{empty}</>;

  return (
    <Stack gap="xs">
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      <Table.ScrollContainer minWidth={480} scrollAreaProps={scrolled(label)}>
        <Table aria-label={label} stickyHeader highlightOnHover verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ header, key, numeric }) => (
                <Table.Th key={key} ta={numeric ? "right" : "left"} scope="col">
                  {header}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, index) => (
              <Table.Tr
                key={rowKey(row)}
                {...(onOpen === undefined
                  ? {}
                  : {
                      tabIndex: index === 0 ? 0 : -1,
                      onClick: () => onOpen(row),
                      onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => {
                        if (event.target !== event.currentTarget) return;
                        if (event.key === "Enter") onOpen(row);
                        else moveFocus(event);
                      },
                      style: { cursor: "pointer" },
                    })}
              >
                {columns.map(({ cell, key, numeric }) => (
                  <Table.Td key={key} ta={numeric ? "right" : "left"}>
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between">
        <Group gap="xs">
          <Text size="sm" component="label" htmlFor={kept}>
            {t.rows}
          </Text>
          <NativeSelect
            id={kept}
            size="xs"
            data={SIZES}
            value={size}
            onChange={(event) => {
              localStorage.setItem(kept, event.currentTarget.value);
              setSize(event.currentTarget.value);
              setCursors([]);
            }}
          />
        </Group>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={cursors.length === 0}
            onClick={() => setCursors(cursors.slice(0, -1))}
          >
            {t.back}
          </Button>
          <Text size="sm">{t.page(cursors.length + 1)}</Text>
          <Button
            size="xs"
            variant="default"
            disabled={next === null}
            onClick={() => next !== null && setCursors([...cursors, next])}
          >
            {t.next}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function moveFocus(event: KeyboardEvent<HTMLTableRowElement>): void {
  const row = event.currentTarget;
  const other =
    { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key] ?? null;
  if (!(other instanceof HTMLElement)) return;
  event.preventDefault();
  row.tabIndex = -1;
  other.tabIndex = 0;
  other.focus();
}
