/** The drawing itself, with its library, loaded when there is something to draw. */
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useEffectEvent, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { ownZone } from "../format/time.ts";
import { type Locale, regional, useLocale } from "../i18n/i18n.tsx";
import type { ChartProps } from "./Chart.tsx";
import { DASHES } from "./dashes.ts";

/** The same as in Chart.module.css. */
const COLOURS = {
  light: ["#1864ab", "#a61e4d", "#2b8a3e", "#8a4b00"],
  dark: ["#74c0fc", "#faa2c1", "#8ce99a", "#ffc078"],
};
const DAY = 86_400;

interface PlotProps extends Omit<ChartProps, "title" | "format"> {
  format: (value: number) => string;
  /** The instant that is pointed at. */
  chosen: number | null;
  onChoose: (index: number | null) => void;
}

export default function Plot(props: PlotProps) {
  const { chosen, format, height = 180, onChoose, series, times, zone = ownZone() } = props;
  const scheme = useComputedColorScheme("light");
  const { locale } = useLocale();
  const { ref, width } = useElementSize();
  const plot = useRef<uPlot | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const names = series.map(({ name }) => name).join("\n");
  const [one, next] = [times.at(-2), times.at(-1)];
  const daily = one !== undefined && next !== undefined && apart(one, next) > 0.9 * DAY;
  const say = useEffectEvent(format);
  const choose = useEffectEvent((index: number | null) => {
    if (index !== chosen) onChoose(index);
  });

  useEffect(() => {
    if (holder.current === null || width === 0) return;
    const ink = scheme === "dark" ? "#c9c9c9" : "#495057";
    const axis = {
      stroke: ink,
      grid: { stroke: scheme === "dark" ? "#3b3b3b" : "#e9ecef", width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    const made = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        padding: [8, 32, 0, 0],
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
        scales: { y: { range: (_, lowest, highest) => fromZero(lowest, highest) } },
        axes: [
          {
            ...axis,
            size: 28,
            space: 84,
            // Days are not told in hours.
            ...(daily ? { incrs: [1, 2, 7, 14, 28, 61, 91, 182, 365].map((it) => it * DAY) } : {}),
            values: (_, at, __, ___, step) => labels(at, step, locale, zone),
          },
          {
            ...axis,
            size: (_, values) => 16 + 7 * Math.max(2, ...(values ?? []).map((it) => it.length)),
            values: (_, values) => values.map((value) => say(value)),
          },
        ],
        series: [
          {},
          ...names.split("\n").map((label, index) => ({
            label,
            stroke: COLOURS[scheme][index % DASHES.length] ?? ink,
            width: 2,
            dash: [...(DASHES[index % DASHES.length] ?? [])],
          })),
        ],
        hooks: { setCursor: [({ cursor }) => choose(cursor.idx ?? null)] },
      },
      [[], ...names.split("\n").map(() => [])],
      holder.current,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [scheme, width, height, names, locale, zone, daily]);

  useEffect(() => {
    const seconds = times.map((time) => Date.parse(time) / 1000);
    plot.current?.setData([seconds, ...series.map(({ values }) => values)]);
    // Anew in a drawing that was made anew.
  }, [times, series, scheme, width, height, names, locale, zone, daily]);

  useEffect(() => {
    const made = plot.current;
    const time = chosen === null ? undefined : times[chosen];
    if (made === null || time === undefined || made.cursor.idx === chosen) return;
    made.setCursor({ left: made.valToPos(Date.parse(time) / 1000, "x"), top: 0 }, false);
  }, [chosen, times]);

  return (
    <div ref={ref} style={{ height }}>
      <div ref={holder} aria-hidden="true" />
    </div>
  );
}

/** A line that never moves from nothing lies at the bottom, and not in the middle. */
function fromZero(lowest: number | null, highest: number | null): [number, number] {
  const most = Math.max(highest ?? 0, 0);
  return [Math.min(lowest ?? 0, 0), most === 0 ? 1 : most * 1.1];
}

function apart(one: string, other: string): number {
  return (Date.parse(other) - Date.parse(one)) / 1000;
}

/** Times of day; where a day begins, and of whole days, the date. */
function labels(at: number[], step: number, locale: Locale, zone: string): string[] {
  const date = new Intl.DateTimeFormat(regional(locale), {
    timeZone: zone,
    day: "numeric",
    month: "short",
  });
  const time = new Intl.DateTimeFormat(regional(locale), {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    ...(step < 60 ? { second: "2-digit" } : {}),
  });
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" });
  return at.map((seconds) => {
    const instant = seconds * 1000;
    return step >= DAY || clock.format(instant) === "00:00"
      ? date.format(instant)
      : time.format(instant);
  });
}
