/** A day, then a time of it: used to book, and to move what is booked. */
import { Button, Stack, Text } from "@mantine/core";
import { serverClock } from "@shared/clock/serverClock.ts";
import { ownZone } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useEffect, useRef, useState } from "react";
import { dateIn, monthOf, nameOf } from "./dates.ts";
import { freeOf, matches, useDays } from "./days.ts";
import { Filters } from "./Filters.tsx";
import { useFreshSlots } from "./freshSlots.ts";
import { MonthGrid } from "./MonthGrid.tsx";
import { useMine } from "./mine.ts";
import classes from "./Picker.module.css";
import type { PickSearch } from "./search.ts";
import { type Site, useMonth, useNext } from "./slots.ts";
import { type SlotAction, TimeList } from "./TimeList.tsx";
import { PICK_TEXTS } from "./texts.ts";

interface PickerProps {
  search: PickSearch;
  site: Site;
  sites: Site[];
  onSearch: (search: PickSearch) => void;
  /** What can be done with a time. */
  renderAction: SlotAction;
}

export function Picker({ onSearch, renderAction, search, site, sites }: PickerProps) {
  const t = useTexts(PICK_TEXTS);
  const { locale } = useLocale();
  const zone = search.zone === "own" ? ownZone() : site.zone;
  const today = dateIn(serverClock.now(), zone);
  const mine = useMine();
  useFreshSlots(site.id);
  const next = useNext(site.id);
  const wanted = { service: search.service, with: search.with };
  const nextFree = next.data?.find((slot) => slot.bookable && matches(slot, wanted));
  const nextDay = nextFree && dateIn(Date.parse(nextFree.starts_at), zone);
  // Where something is free, as it was when it was first known: it must not turn under the reader.
  const [begin, setBegin] = useState<string | null>(null);
  if (begin === null && next.data !== undefined) setBegin(monthOf(nextDay ?? today));
  const named = search.day === undefined ? search.month : monthOf(search.day);
  const month = named ?? begin ?? monthOf(today);
  const found = useMonth({ site: site.id, month, zone, practitioner: search.with });
  const days = useDays(found.isPlaceholderData ? undefined : found.data, search, zone);
  const change = (values: Partial<Record<keyof PickSearch, string | undefined>>) => {
    const changed = { ...search, ...values };
    onSearch(
      Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)),
    );
  };

  const heading = useRef<HTMLHeadingElement>(null);
  const chosen = useRef<string | null>(null);
  const [backs, setBacks] = useState(0);
  useEffect(() => {
    // The list of a day is there only once the address has the day.
    if (chosen.current === null || chosen.current !== search.day) return;
    chosen.current = null;
    heading.current?.focus();
  }, [search.day]);
  const choose = (day: string) => {
    if (day === search.day) heading.current?.focus();
    else {
      chosen.current = day;
      change({ day, month: monthOf(day) });
    }
  };
  return (
    <Stack gap="lg">
      <Filters
        search={search}
        site={site}
        sites={sites}
        slots={next.data ?? []}
        onSearch={change}
      />
      {found.error === null ? null : (
        <ErrorState error={found.error} onRepeat={() => void found.refetch()} />
      )}
      <div className={classes.columns}>
        <div>
          <MonthGrid
            month={month}
            today={today}
            selected={search.day}
            freeOn={(date) => days && freeOf(days.get(date), mine)}
            onMonth={(other) => change({ month: other, day: undefined })}
            onSelect={choose}
            focusRequest={backs}
          />
          {nextDay === undefined ? null : (
            <Button variant="light" size="sm" mt="sm" onClick={() => choose(nextDay)}>
              {t.nextFree(
                nameOf(nextDay, locale, { weekday: "short", day: "numeric", month: "short" }),
              )}
            </Button>
          )}
          {next.data !== undefined && nextFree === undefined ? (
            <Text mt="sm">{t.allTaken}</Text>
          ) : null}
        </div>
        {search.day === undefined ? <Text c="dimmed">{t.pickDay}</Text> : null}
        {search.day === undefined || (days === undefined && found.error !== null) ? null : (
          <TimeList
            day={search.day}
            slots={days && (days.get(search.day) ?? [])}
            mine={mine}
            zone={zone}
            renderAction={renderAction}
            heading={heading}
            onBack={() => setBacks((count) => count + 1)}
          />
        )}
      </div>
    </Stack>
  );
}
