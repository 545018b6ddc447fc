/** How the sale has gone. */
import { SimpleGrid, Stack } from "@mantine/core";
import { percent, rate, short } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { Chart } from "@shared/ui/Chart.tsx";
import { useMemo } from "react";
import type { Metrics } from "./metrics.ts";
import { failureRate, reservingAt, wholeSteps } from "./rates.ts";
import { SPAN_LIST, SPANS } from "./spans.ts";
import { SALE_TEXTS } from "./texts.ts";

export function SaleCharts({ metrics }: { metrics: Metrics }) {
  const t = useTexts(SALE_TEXTS);
  const { locale } = useLocale();
  const drawn = useMemo(() => {
    // Of what was answered, which may be another span than was just chosen.
    const span = SPAN_LIST.find((it) => SPANS[it] === metrics.stepSeconds) ?? 60;
    const steps = wholeSteps(metrics, span);
    const reserving = reservingAt(metrics, steps);
    const length = metrics.stepSeconds;
    const perSecond = (of: "requests" | "refused" | "failed") =>
      reserving.map((it) => (it === null || it.seconds === 0 ? null : round(it[of] / it.seconds)));
    return {
      times: steps.map(({ at }) => at),
      activity: [
        { name: t.holds, values: steps.map(({ holds }) => round(holds / length)) },
        { name: t.confirms, values: steps.map(({ confirms }) => round(confirms / length)) },
        { name: t.expiries, values: steps.map(({ expiries }) => round(expiries / length)) },
      ],
      requests: [
        { name: t.all, values: perSecond("requests") },
        { name: t.refused, values: perSecond("refused") },
        { name: t.failed, values: perSecond("failed") },
      ],
      speed: [{ name: t.p95, values: reserving.map((it) => it?.p95Seconds ?? null) }],
      failures: [
        { name: t.failureRate, values: reserving.map((it) => (it ? failureRate(it) : null)) },
      ],
    };
  }, [metrics, t]);
  const { activity, failures, requests, speed, times } = drawn;
  const each = (value: number) => t.perSecond(rate(value, locale));
  return (
    <Stack gap="xl">
      <Chart title={t.activity} times={times} series={activity} height={220} format={each} />
      <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="xl" verticalSpacing="xl">
        <Chart title={t.requests} times={times} series={requests} format={each} />
        <Chart
          title={t.speed}
          times={times}
          series={speed}
          format={(value) => short(value, locale)}
        />
        <Chart
          title={t.failures}
          times={times}
          series={failures}
          format={(value) => percent(value, locale)}
        />
      </SimpleGrid>
    </Stack>
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
