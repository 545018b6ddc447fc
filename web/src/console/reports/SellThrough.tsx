import { Stack } from "@mantine/core";
import { percent } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { Chart } from "@shared/ui/Chart.tsx";
import { useReport } from "./asking.ts";
import { begun, type Filters } from "./filters.ts";
import { Report } from "./Report.tsx";
import { REPORT_TEXTS } from "./texts.ts";

export function SellThrough({ filters }: { filters: Filters }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const asked = useReport("sell-through", filters);
  return (
    <Report asked={asked} isEmpty={({ data }) => data.every(({ capacity }) => !capacity)}>
      {({ as_of, data, zone }) => {
        const steps = begun(data, as_of);
        const times = steps.map(({ from }) => from);
        return (
          <Stack gap="xl">
            <Chart
              title={t.soldShare}
              times={times}
              zone={zone}
              height={220}
              format={(value) => percent(value, locale)}
              series={[
                { name: t["sell-through"], values: steps.map(({ sell_through }) => sell_through) },
              ]}
            />
            <Chart
              title={t.sold}
              times={times}
              zone={zone}
              series={[
                { name: t.units, values: steps.map(({ units_confirmed }) => units_confirmed) },
              ]}
            />
          </Stack>
        );
      }}
    </Report>
  );
}
