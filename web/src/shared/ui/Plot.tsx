/** The drawing itself, with its library, loaded when there is something to draw. */
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartProps } from "./Chart.tsx";

const COLOURS = {
  light: ["#1864ab", "#a61e4d", "#2b8a3e"],
  dark: ["#74c0fc", "#faa2c1", "#8ce99a"],
};

export default function Plot({ height = 180, series, times }: Omit<ChartProps, "title">) {
  const scheme = useComputedColorScheme("light");
  const { ref, width } = useElementSize();
  const plot = useRef<uPlot | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const names = series.map(({ name }) => name).join("\n");

  useEffect(() => {
    if (holder.current === null || width === 0) return;
    const ink = scheme === "dark" ? "#c9c9c9" : "#495057";
    const axis = { stroke: ink, grid: { stroke: scheme === "dark" ? "#3b3b3b" : "#e9ecef" } };
    plot.current = new uPlot(
      {
        width,
        height,
        axes: [axis, axis],
        series: [
          {},
          ...names.split("\n").map((label, index) => ({
            label,
            stroke: COLOURS[scheme][index % 3] ?? ink,
            width: 2,
          })),
        ],
      },
      [[], ...names.split("\n").map(() => [])],
      holder.current,
    );
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [scheme, width, height, names]);

  useEffect(() => {
    const seconds = times.map((time) => Date.parse(time) / 1000);
    plot.current?.setData([seconds, ...series.map(({ values }) => values)]);
  }, [times, series, scheme, width]);

  return (
    <div ref={ref}>
      <div ref={holder} aria-hidden="true" />
    </div>
  );
}
