/** A sale while it runs: alarms, numbers of this moment, and how they came about. */
import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { moment } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ItemPicker } from "../inventory/ItemPicker.tsx";
import { useItem } from "../inventory/items.ts";
import { CONSOLE_TEXTS } from "../texts.ts";
import { AlarmList } from "./AlarmList.tsx";
import { Figures } from "./Figures.tsx";
import { useMetrics } from "./metrics.ts";
import { SaleCharts } from "./SaleCharts.tsx";
import { SPAN_LIST, type Span } from "./spans.ts";
import { SALE_TEXTS } from "./texts.ts";

export function SalePage() {
  const t = useTexts(SALE_TEXTS);
  const { sale } = useTexts(CONSOLE_TEXTS);
  const { locale } = useLocale();
  const { item, minutes = 15 } = useSearch({ from: "/inside/sale" });
  const navigate = useNavigate({ from: "/sale" });
  const { data, error, isPending, refetch } = useMetrics(item, minutes);
  const name = useItem(item).data?.name;
  const choose = (change: { item?: string | undefined; minutes?: Span }) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });

  return (
    <Screen title={item !== undefined && name !== undefined ? t.of(name) : sale}>
      <Group align="end" gap="md">
        <ItemPicker
          label={t.item}
          placeholder={t.allItems}
          value={item ?? null}
          onChange={(chosen) => choose({ item: chosen ?? undefined })}
        />
        <Stack gap={4}>
          <Text size="sm" fw={500} id="sale-span">
            {t.span}
          </Text>
          <SegmentedControl
            aria-labelledby="sale-span"
            size="xs"
            value={String(minutes)}
            onChange={(chosen) => choose({ minutes: Number(chosen) as Span })}
            data={SPAN_LIST.map((it) => ({ value: String(it), label: t[`span${it}`] }))}
          />
        </Stack>
        {item === undefined ? null : (
          <ButtonLink to="/inventory/$item" params={{ item }} variant="default" size="xs">
            {t.openItem}
          </ButtonLink>
        )}
      </Group>
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {isPending ? <LoadingState rows={4} height={96} /> : null}
      {data === undefined ? null : data.totals.offerings === 0 ? (
        <EmptyState title={t.emptyTitle}>
          <Stack align="start" gap="sm">
            <Text c="dimmed">{t.empty}</Text>
            <ButtonLink to="/inventory">{t.toInventory}</ButtonLink>
          </Stack>
        </EmptyState>
      ) : (
        <>
          <AlarmList metrics={data} />
          <Figures metrics={data} />
          <Text size="xs" c="dimmed" mt={-12}>
            {t.asOf(moment(data.serverTime, locale))}
          </Text>
          <SaleCharts metrics={data} />
        </>
      )}
    </Screen>
  );
}
