/** Everything that has happened to an item, with the counts that each change left. */
import { Text } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { count } from "@shared/format/numbers.ts";
import { moment } from "@shared/format/time.ts";
import { type Locale, useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import type { Item } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

type Entry = Schemas["EntryView"];

export function Ledger({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  return (
    <DataTable
      id="ledger"
      label={t.ledger}
      columns={columnsOf(t, locale)}
      rowKey={({ seq }) => String(seq)}
      queryKey={["offerings", "ledger", item.id]}
      load={async (place) => {
        const params = {
          path: { offering: item.id },
          query: { ...place, order: "newest" as const },
        };
        const { data, next } = await done(api.GET("/v1/offerings/{offering}/ledger", { params }));
        return { data, next: next ?? null };
      }}
      empty={<EmptyState title={t.ledgerEmpty} />}
    />
  );
}

type Words = typeof INVENTORY_TEXTS.en;

function columnsOf(t: Words, locale: Locale): Column<Entry>[] {
  const signed = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  const counted = (header: string, of: "capacity" | "held" | "confirmed"): Column<Entry> => ({
    key: of,
    header,
    numeric: true,
    cell: (entry) => {
      const by = entry[`${of}_delta`];
      return (
        <>
          {by === 0 ? null : (
            <Text span size="xs" c="dimmed" mr={6}>
              {signed.format(by)}
            </Text>
          )}
          {count(entry[of], locale)}
        </>
      );
    },
  });
  return [
    { key: "seq", header: t.number, numeric: true, cell: ({ seq }) => count(seq, locale) },
    {
      key: "at",
      header: t.at,
      cell: ({ at }) => <span style={{ whiteSpace: "nowrap" }}>{moment(at, locale)}</span>,
    },
    {
      key: "kind",
      header: t.happened,
      cell: ({ kind, reason }) => (
        <>
          {t[`kind_${kind}`]}
          {reason === null ? null : (
            <Text size="xs" c="dimmed">
              {reason}
            </Text>
          )}
        </>
      ),
    },
    counted(t.capacity, "capacity"),
    counted(t.held, "held"),
    counted(t.confirmed, "confirmed"),
    {
      key: "available",
      header: t.available,
      numeric: true,
      cell: ({ capacity, confirmed, held }) => count(capacity - held - confirmed, locale),
    },
    { key: "actor", header: t.actor, cell: ({ actor }) => <Text size="xs">{actor}</Text> },
  ];
}
