/**
 * Lines over time. Each chart has its numbers as a table and as CSV; with the arrow keys, or by
 * pointing, it says the numbers of one instant.
 */
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { type KeyboardEvent, lazy, Suspense, useState } from "react";
import { dateTime } from "../format/time.ts";
import { texts, useLocale, useTexts } from "../i18n/i18n.tsx";
import classes from "./Chart.module.css";
import { ChartTable } from "./ChartTable.tsx";
import { csv, download } from "./csv.ts";
import { DASHES } from "./dashes.ts";

const TEXTS = texts({
  en: {
    table: "Show as a table",
    chart: "Show as a chart",
    csv: "Download as CSV",
    time: "Time",
    nothing: "Nothing to draw yet.",
    how: "Arrow keys go from instant to instant.",
  },
  de: {
    table: "Als Tabelle zeigen",
    chart: "Als Diagramm zeigen",
    csv: "Als CSV herunterladen",
    time: "Zeit",
    nothing: "Noch gibt es nichts zu zeichnen.",
    how: "Mit den Pfeiltasten geht es von Zeitpunkt zu Zeitpunkt.",
  },
});

const Plot = lazy(() => import("./Plot.tsx"));

interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartProps {
  title: string;
  /** Instants (RFC 3339), ascending; one value of each series for each. */
  times: string[];
  series: Series[];
  height?: number;
  /** Of the values, with their unit; as plain numbers unless given. CSV has them as they are. */
  format?: (value: number) => string;
  /** Whose clocks; the reader's unless given. */
  zone?: string;
}

export function Chart({ format, height = 180, series, times, title, zone }: ChartProps) {
  const t = useTexts(TEXTS);
  const { locale } = useLocale();
  const [asTable, setAsTable] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const last = times.length - 1;
  // The newest instant of which something is known.
  const newest = times.findLastIndex((_, index) => series.some((it) => it.values[index] != null));
  const at = Math.max(0, chosen === null ? newest : Math.min(chosen, last));
  const words = format ?? ((value: number) => new Intl.NumberFormat(locale).format(value));
  const said = (value: number | null | undefined) => (value == null ? "–" : words(value));
  const head = [t.time, ...series.map(({ name }) => name)];
  const save = () =>
    download(
      `${title}.csv`,
      csv([
        head,
        ...times.map((time, index) => [time, ...series.map((it) => it.values[index] ?? null)]),
      ]),
    );
  const move = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, to)));
  };
  const time = times[at] === undefined ? "" : dateTime(times[at], locale, zone);
  const spoken = [time, ...series.map((it) => `${it.name} ${said(it.values[at])}`)].join(", ");

  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
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
        <ChartTable
          title={title}
          head={head}
          rows={times.map((time, index) => [
            dateTime(time, locale, zone),
            ...series.map(({ values }) => said(values[index])),
          ])}
        />
      ) : times.length === 0 ? (
        <Text size="sm" c="dimmed" style={{ height }}>
          {t.nothing}
        </Text>
      ) : (
        <>
          <div
            className={classes.plot}
            role="slider"
            tabIndex={0}
            aria-label={`${title}. ${t.how}`}
            aria-valuemin={0}
            aria-valuemax={last}
            aria-valuenow={at}
            aria-valuetext={spoken}
            onKeyDown={move}
          >
            <Suspense fallback={<div style={{ height }} />}>
              <Plot
                times={times}
                series={series}
                height={height}
                format={words}
                chosen={chosen}
                onChoose={setChosen}
                {...(zone === undefined ? {} : { zone })}
              />
            </Suspense>
          </div>
          <Group gap="md" className={classes.legend} aria-hidden="true">
            {series.map(({ name, values }, index) => (
              <span key={name} className={classes.entry}>
                <svg width="24" height="8" role="presentation">
                  <line
                    className={classes[`line${index % DASHES.length}`]}
                    x1="0"
                    x2="24"
                    y1="4"
                    y2="4"
                    strokeWidth="2.5"
                    strokeDasharray={DASHES[index % DASHES.length]?.join(" ")}
                  />
                </svg>
                {name} <strong>{said(values[at])}</strong>
              </span>
            ))}
            <span className={classes.time}>{time}</span>
          </Group>
        </>
      )}
    </Stack>
  );
}
