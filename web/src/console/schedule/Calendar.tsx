import { Button, Group, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMay } from "@shared/auth/useSession.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useMemo, useState } from "react";
import { type Site, type Slot, usePools, useSlots } from "./queries.ts";
import type { ScheduleSearch } from "./routes.ts";
import { ScheduleNav } from "./ScheduleNav.tsx";
import { CreateSlot } from "./slot/CreateSlot.tsx";
import { type Draft, momentOf, NO_TERMS } from "./slot/draft.ts";
import type { Target } from "./slot/MoveSlot.tsx";
import { SlotDialog } from "./slot/SlotDialog.tsx";
import { SLOT_TEXTS } from "./slot/texts.ts";
import { Toolbar } from "./Toolbar.tsx";
import { SCHEDULE_TEXTS } from "./texts.ts";
import { longDay, offset, shortDay } from "./time/words.ts";
import { dateAt, hoursOf, isDate, weekOf, zonedDay } from "./time/zone.ts";
import { useMinute } from "./useMinute.ts";
import { type Column, columnsOf, poolsOf } from "./week/columns.ts";
import { TimeGrid } from "./week/TimeGrid.tsx";

/** What began long before may last into what is shown. */
const BEFORE = 3 * 86_400_000;
/** Most slots side by side in a column of a week, and of a day. */
const LANES = { week: 4, day: 12, phone: 4 };

interface CalendarProps {
  site: Site;
  sites: readonly Site[];
  search: ScheduleSearch;
  onSearch: (search: ScheduleSearch, replace?: boolean) => void;
}

export function Calendar({ onSearch, search, site, sites }: CalendarProps) {
  const t = useTexts(SCHEDULE_TEXTS);
  const slotTexts = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const isWide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  const mayChange = useMay("stock:write");
  const mayPools = useMay("stock:read");
  const mayFeed = useMay("ledger:read");
  const { zone } = site;
  const now = useMinute();
  const today = dateAt(now, zone);
  const date = isDate(search.date) ? search.date : today;
  const isDay = search.view === "day" || !isWide;
  const days = useMemo(
    () => (isDay ? [date] : weekOf(date)).map((it) => zonedDay(it, zone)),
    [isDay, date, zone],
  );
  const [start, end] = [days[0]?.start ?? now, days.at(-1)?.end ?? now];
  useLive({ sites: [site.id], feed: mayFeed });
  const { data, error, isPending, refetch } = useSlots({
    site: site.id,
    pool: search.pool,
    from: new Date(start - BEFORE).toISOString(),
    to: new Date(end).toISOString(),
  });
  const { data: allPools } = usePools();
  const pools = useMemo(() => {
    const used = new Set(data?.flatMap(poolsOf));
    return (allPools ?? []).filter(
      (pool) =>
        pool.kind === search.kind &&
        (pool.site === site.id || pool.site === null || used.has(pool.id)),
    );
  }, [allPools, data, search.kind, site.id]);
  const columns = useMemo(() => {
    // On a phone there is room for one column; there "which" chooses.
    const shown = isWide && search.pool === undefined ? pools : [];
    return columnsOf({ days, slots: data ?? [], site, pools: shown });
  }, [days, data, site, pools, isWide, search.pool]);

  const [draft, setDraft] = useState<Draft | null>(null);
  const [target, setTarget] = useState<Target | null>(null);
  const [said, setSaid] = useState("");
  const poolOf = (column: Column) =>
    column.pool ?? allPools?.find(({ id }) => id === search.pool) ?? null;
  const create = (column: Column | null, from: number, to: number) => {
    const pool = column === null ? null : poolOf(column);
    setDraft({
      ...NO_TERMS,
      start: momentOf(from, zone),
      end: momentOf(to, zone),
      room: pool?.kind === "room" ? pool.id : "",
      practitioner: pool?.kind === "practitioner" ? pool.id : "",
      needs: pool?.kind === "equipment" ? [{ pool: pool.id, units: 1, per: "reservation" }] : [],
      open: true,
    });
  };
  const open = (slot: Slot) => {
    setTarget(null);
    onSearch({ ...search, slot: slot.id }, true);
  };
  const move = (slot: Slot, column: Column, at: number) => {
    if (at === Date.parse(slot.starts_at) && column.pool === null) return;
    const { pool } = column;
    setTarget({
      start: at,
      ...(pool?.kind === "room" ? { room: pool.id } : {}),
      ...(pool?.kind === "practitioner" ? { practitioner: pool.id } : {}),
    });
    onSearch({ ...search, slot: slot.id }, true);
  };
  const close = () => {
    const { slot: _, ...rest } = search;
    setTarget(null);
    onSearch(rest, true);
  };
  const finish = (text: string) => {
    setSaid(text);
    close();
  };
  const createNext = () => {
    const from = Math.ceil(Math.max(serverClock.now(), start) / 3_600_000) * 3_600_000;
    const at = from < end ? Math.max(from, start + 8 * 3_600_000) : start + 8 * 3_600_000;
    create(null, at, at + site.slot_minutes * 60_000);
  };

  const noon = (start + end) / 2;
  const what = isDay
    ? t.titleDay(shortDay(noon, zone, locale), site.name)
    : t.titleWeek(shortDay(start + 43_200_000, zone, locale), site.name);
  const changed = days.filter((day) => hoursOf(day) !== 24);
  return (
    <Screen title={what} actions={<ScheduleNav />}>
      <Stack gap="sm">
        <Group justify="space-between" align="end">
          <Toolbar
            search={search}
            site={site}
            sites={sites}
            pools={pools}
            mayPools={mayPools}
            date={date}
            today={today}
            isDay={isDay}
            isWide={isWide}
            onChange={onSearch}
          />
          {mayChange ? <Button onClick={createNext}>{t.newSlot}</Button> : null}
        </Group>
        <div>
          <Text size="sm" c="dimmed">
            {t.zone(zone, offset(start, zone, locale))}
          </Text>
          <Text size="sm" fw={600} role="status">
            {said}
          </Text>
        </div>
        {changed.map((day) => (
          <Text key={day.date} size="sm" fw={600}>
            {t.changes(longDay((day.start + day.end) / 2, zone, locale), hoursOf(day))}
          </Text>
        ))}
        {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
        {isPending ? <LoadingState rows={1} height={420} /> : null}
        {data === undefined ? null : (
          <>
            {data.length >= 3_000 ? <Text size="sm">{t.truncated}</Text> : null}
            {columns.every(({ slots }) => slots.length === 0) ? (
              <Text size="sm">{mayChange ? t.noSlots : t.noSlotsRead}</Text>
            ) : null}
            <TimeGrid
              label={t.grid(what)}
              columns={columns}
              zone={zone}
              now={now}
              mayChange={mayChange}
              slotMinutes={site.slot_minutes}
              lanes={isDay ? (isWide ? LANES.day : LANES.phone) : LANES.week}
              onCreate={create}
              onOpen={open}
              onMove={move}
              onMore={(column) => onSearch({ ...search, view: "day", date: column.day.date })}
            />
          </>
        )}
      </Stack>
      {draft === null ? null : (
        <CreateSlot
          site={site}
          initial={draft}
          onClose={() => setDraft(null)}
          onMade={(slot) => {
            setDraft(null);
            setSaid(slotTexts.made(slot.title));
          }}
        />
      )}
      {search.slot === undefined ? null : (
        <SlotDialog
          key={search.slot}
          id={search.slot}
          target={target}
          onClose={close}
          onDone={finish}
        />
      )}
    </Screen>
  );
}
