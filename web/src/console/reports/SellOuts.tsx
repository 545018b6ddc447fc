import { serverClock } from "@shared/clock/serverClock.ts";
import { long } from "@shared/format/numbers.ts";
import { dateTime, ownZone } from "@shared/format/time.ts";
import { type Locale, useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { askReport } from "./asking.ts";
import { type Filters, queryOf } from "./filters.ts";
import { AsOf } from "./Report.tsx";
import type { Head, SellOut } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";

export function SellOuts({ filters }: { filters: Filters }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const [head, setHead] = useState<Head | null>(null);
  const query = queryOf("sell-outs", filters, serverClock.now());
  return (
    <>
      {head === null ? null : <AsOf report={head} />}
      <DataTable
        id="sell-outs"
        label={t["sell-outs"]}
        columns={columnsOf(t, locale, filters.zone ?? ownZone())}
        rowKey={({ offering, opened_at }) => `${offering} ${opened_at}`}
        queryKey={["reports", "sell-outs", query]}
        load={async (place) => {
          const report = await askReport("sell-outs", { ...query, ...place });
          setHead(report);
          return report;
        }}
        empty={<EmptyState title={t.emptyTitle}>{t.empty}</EmptyState>}
      />
    </>
  );
}

function columnsOf(t: typeof REPORT_TEXTS.en, locale: Locale, zone: string): Column<SellOut>[] {
  const at = (instant: string | null) =>
    instant === null ? t.notYet : dateTime(instant, locale, zone);
  return [
    {
      key: "name",
      header: t.name,
      cell: ({ name, offering, sku }) =>
        offering.startsWith("item_") ? (
          <TextLink to="/inventory/$item" params={{ item: offering }} inherit>
            {name ?? sku ?? offering}
          </TextLink>
        ) : (
          (name ?? offering)
        ),
    },
    { key: "opened", header: t.opened, cell: ({ opened_at }) => at(opened_at) },
    { key: "sold-out", header: t.soldOutAt, cell: ({ sold_out_at }) => at(sold_out_at) },
    {
      key: "took",
      header: t.took,
      numeric: true,
      cell: ({ seconds_to_sell_out: took }) => (took === null ? "–" : long(took, locale)),
    },
    {
      key: "state",
      header: t.state,
      cell: ({ is_sold_out }) => (is_sold_out ? t.soldOut : t.hasSome),
    },
    {
      key: "again",
      header: t.cameBack,
      numeric: true,
      cell: ({ times_opened_again: times }) => (times === 0 ? "–" : t.often(times)),
    },
  ];
}
