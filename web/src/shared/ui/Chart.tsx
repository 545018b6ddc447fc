/** Lines over time. Each chart has its numbers as a table and as CSV. */
import { Button, Group, Stack, Table, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { dateTime } from "../format/time.ts";
import { texts, useLocale, useTexts } from "../i18n/i18n.tsx";
import { csv, download } from "./csv.ts";

const TEXTS = texts({
  en: { table: "Show as a table", chart: "Show as a chart", csv: "Download as CSV", time: "Time" },
  de: {
    table: "Als Tabelle zeigen",
    chart: "Als Diagramm zeigen",
    csv: "Als CSV herunterladen",
    time: "Zeit",
  },
});

const Plot = lazy(() => import("./Plot.tsx"));

export interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartProps {
  title: string;
  /** Instants (RFC 3339), ascending; one value of each series for each. */
  times: string[];
  series: Series[];
  height?: number;
}

export function Chart({ height = 180, series, times, title }: ChartProps) {
  const t = useTexts(TEXTS);
  const { locale } = useLocale();
  const [asTable, setAsTable] = useState(false);
  const head = [t.time, ...series.map(({ name }) => name)];
  const row = (index: number) => series.map(({ values }) => values[index] ?? null);
  const save = () =>
    download(`${title}.csv`, csv([head, ...times.map((time, index) => [time, ...row(index)])]));
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Group gap="xs">
          <Button size="compact-xs" variant="default" onClick={() => setAsTable(!asTable)}>
            {asTable ? t.chart : t.table}
          </Button>
          <Button size="compact-xs" variant="default" onClick={save}>
            {t.csv}
          </Button>
        </Group>
      </Group>
      {asTable ? (
        <Table.ScrollContainer minWidth={320} mah={height * 2}>
          <Table aria-label={title} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                {head.map((name) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {times.map((time, index) => (
                <Table.Tr key={time}>
                  <Table.Th scope="row">{dateTime(time, locale)}</Table.Th>
                  {series.map(({ name, values }) => (
                    <Table.Td key={name}>{values[index] ?? "–"}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <Suspense fallback={<div style={{ height }} />}>
          <Plot times={times} series={series} height={height} />
        </Suspense>
      )}
    </Stack>
  );
}
