import { Stack, Table, Text } from "@mantine/core";
import { percent } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { Chart } from "@shared/ui/Chart.tsx";
import { scrolled } from "@shared/ui/scrolled.ts";
import { useReport } from "./asking.ts";
import type { Filters } from "./filters.ts";
import { Report } from "./Report.tsx";
import type { UseStep } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";
import { addedUp, type Use } from "./use.ts";

const OF = ["booked", "inSlots", "taken"] as const satisfies (keyof Use)[];

export function Utilisation({ filters }: { filters: Filters }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const asked = useReport("utilisation", filters);
  return (
    <Report asked={asked} isEmpty={({ data }) => data.length === 0}>
      {({ data, zone }) => {
        const byTime = [...addedUp(data, ({ from }) => from)];
        return (
          <Stack gap="xl">
            <Chart
              title={t.useOver}
              times={byTime.map(([time]) => time)}
              zone={zone}
              height={220}
              format={(value) => percent(value, locale)}
              series={OF.map((of) => ({ name: t[of], values: byTime.map(([, use]) => use[of]) }))}
            />
            <Pools steps={data} />
          </Stack>
        );
      }}
    </Report>
  );
}

function Pools({ steps }: { steps: UseStep[] }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const known = new Map(steps.map((step) => [step.pool, step]));
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t.ofOpen}
      </Text>
      <Table.ScrollContainer minWidth={480} scrollAreaProps={scrolled(t.utilisation)}>
        <Table aria-label={t.utilisation} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.pool}</Table.Th>
              <Table.Th scope="col">{t.kind}</Table.Th>
              {OF.map((of) => (
                <Table.Th key={of} scope="col" ta="right">
                  {t[of]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...addedUp(steps, ({ pool }) => pool)].map(([pool, use]) => {
              const { kind, name } = known.get(pool) ?? { kind: "room" as const, name: pool };
              return (
                <Table.Tr key={pool}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td>{t[kind]}</Table.Td>
                  {OF.map((of) => (
                    <Table.Td key={of} ta="right">
                      {use[of] === null ? "–" : percent(use[of], locale)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
