/** Which site, of what, and when. All of it is in the address. */
import { Button, Group, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Site } from "./queries.ts";
import { KINDS, type Kind, type ScheduleSearch } from "./routes.ts";
import type { Pool } from "./slot/conflicts.ts";
import { SCHEDULE_TEXTS } from "./texts.ts";
import { daysLater } from "./time/zone.ts";

interface ToolbarProps {
  search: ScheduleSearch;
  site: Site;
  sites: readonly Site[];
  /** Of the kind that is shown. */
  pools: readonly Pool[];
  mayPools: boolean;
  date: string;
  today: string;
  isDay: boolean;
  /** Whether a week has room enough. */
  isWide: boolean;
  onChange: (change: ScheduleSearch) => void;
}

export function Toolbar(props: ToolbarProps) {
  const { date, isDay, isWide, mayPools, onChange, pools, search, site, sites, today } = props;
  const t = useTexts(SCHEDULE_TEXTS);
  const step = isDay ? 1 : 7;
  return (
    <Group gap="xs" align="end">
      <NativeSelect
        label={t.site}
        value={site.id}
        data={sites.map(({ id, name }) => ({ value: id, label: name }))}
        maw={280}
        onChange={(event) => onChange({ ...search, site: event.currentTarget.value, pool: "" })}
      />
      {mayPools ? (
        <NativeSelect
          label={t.show}
          value={search.kind ?? ""}
          data={[
            { value: "", label: t.everything },
            ...KINDS.map((kind) => ({ value: kind, label: t[kind] })),
          ]}
          onChange={(event) =>
            onChange({ ...search, kind: event.currentTarget.value as Kind, pool: "" })
          }
        />
      ) : null}
      {search.kind === undefined ? null : (
        <NativeSelect
          label={t.which}
          value={search.pool ?? ""}
          data={[
            { value: "", label: t.all },
            ...pools.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => onChange({ ...search, pool: event.currentTarget.value })}
        />
      )}
      <Group gap={4} align="end" wrap="nowrap">
        <Button
          variant="default"
          px="xs"
          aria-label={t.previous}
          onClick={() => onChange({ ...search, date: daysLater(date, -step) })}
        >
          ‹
        </Button>
        <TextInput
          type="date"
          label={t.goTo}
          value={date}
          required
          withAsterisk={false}
          onChange={(event) => {
            const next = event.currentTarget.value;
            if (next !== "") onChange({ ...search, date: next });
          }}
        />
        <Button
          variant="default"
          px="xs"
          aria-label={t.next}
          onClick={() => onChange({ ...search, date: daysLater(date, step) })}
        >
          ›
        </Button>
        <Button variant="default" onClick={() => onChange({ ...search, date: today })}>
          {t.today}
        </Button>
      </Group>
      {isWide ? (
        <SegmentedControl
          aria-label={t.view}
          value={isDay ? "day" : "week"}
          data={[
            { value: "week", label: t.week },
            { value: "day", label: t.day },
          ]}
          onChange={(view) => {
            const { view: _, ...rest } = search;
            onChange(view === "day" ? { ...rest, view: "day" } : rest);
          }}
        />
      ) : null}
    </Group>
  );
}
