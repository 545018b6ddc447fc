/** Which period, in which steps, by whose clocks, and of what. */
import { Group, NativeSelect, Select, TextInput } from "@mantine/core";
import { serverClock } from "@shared/clock/serverClock.ts";
import { ownZone } from "@shared/format/time.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useNavigate } from "@tanstack/react-router";
import { ItemPicker } from "../inventory/ItemPicker.tsx";
import {
  BY,
  type By,
  datesOf,
  EVERY,
  type Every,
  everyOf,
  type Filters,
  KINDS,
  PRESETS,
  type Preset,
} from "./filters.ts";
import { SitePicker } from "./SitePicker.tsx";
import type { ReportName } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";

const ZONES = [...new Set(["UTC", ownZone(), ...Intl.supportedValuesOf("timeZone")])];

interface FilterBarProps {
  report: ReportName;
  filters: Filters;
}

export function FilterBar({ filters, report }: FilterBarProps) {
  const t = useTexts(REPORT_TEXTS);
  const navigate = useNavigate({ from: "/reports/$report" });
  const { by = "service", item, kind, period = "week", site, zone } = filters;
  const dates = datesOf(filters, serverClock.now());
  const change = (changed: { [Name in keyof Filters]?: Filters[Name] | undefined }) =>
    void navigate({
      search: (old) =>
        Object.fromEntries(
          Object.entries({ ...old, ...changed }).filter(([, value]) => value !== undefined),
        ) as Filters,
      replace: true,
    });
  const isOf = (...names: ReportName[]) => names.includes(report);

  return (
    <Group align="end" gap="sm">
      <NativeSelect
        label={t.period}
        value={period}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Preset;
          // The same dates at first, for whoever wants a few days more.
          change({
            period: chosen,
            from: chosen === "own" ? dates.from : undefined,
            to: chosen === "own" ? dates.to : undefined,
            every: undefined,
          });
        }}
        data={PRESETS.map((it) => ({ value: it, label: t[it] }))}
      />
      {period === "own" ? (
        <>
          {(["from", "to"] as const).map((name) => (
            <TextInput
              key={name}
              type="date"
              label={t[name]}
              value={dates[name]}
              onChange={({ currentTarget: { value } }) => value && change({ [name]: value })}
            />
          ))}
        </>
      ) : null}
      {isOf("holds", "sell-through", "utilisation") || (isOf("no-shows") && by === "time") ? (
        <NativeSelect
          label={t.every}
          value={everyOf(filters)}
          onChange={(event) => change({ every: event.currentTarget.value as Every })}
          data={EVERY.map((it) => ({ value: it, label: t[`every_${it}`] }))}
        />
      ) : null}
      <Select
        label={t.zone}
        searchable
        value={zone ?? ownZone()}
        onChange={(chosen) => change({ zone: chosen ?? undefined })}
        data={ZONES}
        limit={50}
        nothingFoundMessage={t.noZone}
        allowDeselect={false}
      />
      {isOf("holds", "sell-through", "sell-outs") ? (
        <ItemPicker
          label={t.item}
          placeholder={t.everything}
          value={item ?? null}
          onChange={(chosen) => change({ item: chosen ?? undefined })}
        />
      ) : null}
      {isOf("utilisation", "no-shows") ? (
        <SitePicker value={site} onChange={(chosen) => change({ site: chosen })} />
      ) : null}
      {isOf("utilisation") ? (
        <NativeSelect
          label={t.kind}
          value={kind ?? ""}
          onChange={({ currentTarget: { value } }) =>
            change({ kind: KINDS.find((it) => it === value) })
          }
          data={[
            { value: "", label: t.everything },
            ...KINDS.map((it) => ({ value: it, label: t[it] })),
          ]}
        />
      ) : null}
      {isOf("no-shows") ? (
        <NativeSelect
          label={t.by}
          value={by}
          onChange={(event) => change({ by: event.currentTarget.value as By })}
          data={BY.map((it) => ({ value: it, label: t[`by_${it}`] }))}
        />
      ) : null}
    </Group>
  );
}
