import { Group, Stack, Text } from "@mantine/core";
import { count, long, percent } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { Chart } from "@shared/ui/Chart.tsx";
import { useReport } from "./asking.ts";
import { begun, type Filters } from "./filters.ts";
import { Report } from "./Report.tsx";
import { REPORT_TEXTS } from "./texts.ts";

export function Holds({ filters }: { filters: Filters }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const asked = useReport("holds", filters);
  const share = (value: number | null) => (value === null ? "–" : percent(value, locale));
  return (
    <Report asked={asked} isEmpty={({ totals }) => totals.holds + totals.ended === 0}>
      {({ as_of, data, totals, zone }) => {
        const median = totals.median_seconds_to_confirm;
        const ended = t.ofEnded(count(totals.ended, locale));
        const steps = begun(data, as_of);
        const times = steps.map(({ from }) => from);
        const figures: [string, string, string][] = [
          [t.holdsPlaced, count(totals.holds, locale), ""],
          [t.conversion, share(totals.conversion), ended],
          [t.expiryRate, share(totals.expiry_rate), ended],
          [t.median, median === null ? "–" : long(median, locale), ""],
        ];
        return (
          <Stack gap="xl">
            <Group component="section" aria-label={t.totals} gap="xl" align="start">
              {figures.map(([name, value, what]) => (
                <Stack key={name} gap={0} role="group" aria-label={name}>
                  <Text size="xs" c="dimmed">
                    {name}
                  </Text>
                  <Text fz="1.25rem" fw={650} className="tabular">
                    {value}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {what}
                  </Text>
                </Stack>
              ))}
            </Group>
            <Chart
              title={t.counts}
              times={times}
              zone={zone}
              height={220}
              series={[
                { name: t.holdsPlaced, values: steps.map(({ holds }) => holds) },
                { name: t.confirmed, values: steps.map(({ confirmed }) => confirmed) },
                { name: t.expired, values: steps.map(({ expired }) => expired) },
                { name: t.released, values: steps.map(({ released }) => released) },
              ]}
            />
            <Chart
              title={t.rates}
              times={times}
              zone={zone}
              format={(value) => percent(value, locale)}
              series={[
                { name: t.conversion, values: steps.map(({ conversion }) => conversion) },
                { name: t.expiryRate, values: steps.map(({ expiry_rate }) => expiry_rate) },
              ]}
            />
          </Stack>
        );
      }}
    </Report>
  );
}
