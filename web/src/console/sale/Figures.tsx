/** How the sale goes at this moment. */
import { SimpleGrid, Stack, Text } from "@mantine/core";
import { count, long, percent, rate, short } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import classes from "./Figures.module.css";
import type { Metrics } from "./metrics.ts";
import { failureRate, pace, secondsToSellOut, unitsLeft } from "./rates.ts";
import { SALE_TEXTS } from "./texts.ts";

export function Figures({ metrics }: { metrics: Metrics }) {
  const t = useTexts(SALE_TEXTS);
  const { locale } = useLocale();
  const { reserving, totals } = metrics;
  const lately = metrics.stepSeconds > 60 ? t.lastTenMinutes : t.lastMinute;
  const perSecond = (value: number) => t.perSecond(rate(value, locale));
  const refusals = reserving.seconds > 0 ? reserving.refused / reserving.seconds : 0;
  const failing = failureRate(reserving);
  const lasts = secondsToSellOut(metrics);
  const figures: [string, string, string][] = [
    [t.holds, perSecond(pace(metrics, (it) => it.holds).perSecond), lately],
    [t.confirms, perSecond(pace(metrics, (it) => it.confirms).perSecond), lately],
    [t.expiries, perSecond(pace(metrics, (it) => it.expiries).perSecond), lately],
    [t.refused, perSecond(refusals), t.server],
    [t.liveHolds, count(totals.liveHolds, locale), t.liveHoldsWhat(count(totals.held, locale))],
    [
      t.sold,
      percent(totals.sellThrough, locale),
      t.soldWhat(count(totals.confirmed, locale), count(totals.capacity, locale)),
    ],
    [t.left, count(unitsLeft(metrics), locale), t.leftWhat],
    [
      t.sellOut,
      lasts === null ? t.never : lasts === 0 ? t.soldOut : long(lasts, locale),
      lasts === null ? t.nothingSold : lasts === 0 ? "" : t.atThisPace,
    ],
    [
      t.p95,
      reserving.p95Seconds === null ? t.never : short(reserving.p95Seconds, locale),
      reserving.p95Seconds === null ? t.noRequests : t.server,
    ],
    [
      t.failureRate,
      failing === null ? t.never : percent(failing, locale),
      failing === null ? t.noRequests : t.server,
    ],
  ];
  return (
    <SimpleGrid
      component="section"
      aria-label={t.now}
      cols={{ base: 2, sm: 3, lg: 5 }}
      spacing="xs"
      verticalSpacing="xs"
    >
      {figures.map(([name, value, what]) => (
        <Stack key={name} gap={0} className={classes.figure} role="group" aria-label={name}>
          <Text size="xs" c="dimmed">
            {name}
          </Text>
          <Text className={classes.value}>{value}</Text>
          <Text size="xs" c="dimmed">
            {what}
          </Text>
        </Stack>
      ))}
    </SimpleGrid>
  );
}
