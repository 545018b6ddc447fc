/* A table as a grid is the pattern that screen readers know; an empty place in it has no name. */
/* oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role */
/* oxlint-disable jsx-a11y/control-has-associated-label */
/** A month as a grid of days, each with its weekday and how many slots are free. */
import { ActionIcon, Group, Text, Title } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { addDays, addMonths, monthOf, nameOf, weeksOf } from "./dates.ts";
import { dayAfterKey } from "./gridKeys.ts";
import classes from "./MonthGrid.module.css";
import { PICK_TEXTS } from "./texts.ts";

const WIDE: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };

interface MonthGridProps {
  /** `2026-11` */
  month: string;
  today: string;
  selected: string | undefined;
  /** How many slots are free on a day; `undefined` as long as it is not known. */
  freeOn: (date: string) => number | undefined;
  onMonth: (month: string) => void;
  onSelect: (date: string) => void;
  /** Raised each time that somebody comes back from the list of times. */
  focusRequest: number;
}

export function MonthGrid(props: MonthGridProps) {
  const { focusRequest, freeOn, month, onMonth, onSelect, selected, today } = props;
  const t = useTexts(PICK_TEXTS);
  const { locale } = useLocale();
  const heading = useId();
  const table = useRef<HTMLTableElement>(null);
  const [cursor, setCursor] = useState(selected ?? today);
  const toFocus = useRef<string | null>(null);
  // The one day that Tab leads to is always one of this month.
  const current = monthOf(cursor) === month ? cursor : startIn(month, selected, today);

  useEffect(() => {
    // The month that it is in may not be here yet.
    if (toFocus.current !== current) return;
    toFocus.current = null;
    table.current?.querySelector<HTMLElement>(`[data-date="${current}"]`)?.focus();
  }, [current]);
  const asked = useRef(focusRequest);
  useEffect(() => {
    if (asked.current === focusRequest) return;
    asked.current = focusRequest;
    table.current?.querySelector<HTMLElement>(`[data-date="${current}"]`)?.focus();
  }, [focusRequest, current]);

  const keyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = dayAfterKey(current, event.key, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    toFocus.current = next;
    setCursor(next);
    if (monthOf(next) !== month) onMonth(monthOf(next));
  };
  const turn = (months: number) => {
    const next = addMonths(`${month}-01`, months);
    setCursor(next);
    onMonth(monthOf(next));
  };
  const weeks = weeksOf(month);
  return (
    <div>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h4" id={heading} aria-live="polite">
          {nameOf(month, locale, { month: "long", year: "numeric" })}
        </Title>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t.before}
            disabled={month <= monthOf(today)}
            onClick={() => turn(-1)}
          >
            <Chevron towards="left" />
          </ActionIcon>
          <ActionIcon variant="default" size="lg" aria-label={t.after} onClick={() => turn(1)}>
            <Chevron towards="right" />
          </ActionIcon>
        </Group>
      </Group>
      <table
        ref={table}
        role="grid"
        aria-labelledby={heading}
        aria-describedby={`${heading}-keys`}
        className={classes.grid}
        onKeyDown={keyDown}
      >
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, place) => addDays("2024-01-01", place)).map((date) => (
              <th key={date} scope="col" abbr={nameOf(date, locale, { weekday: "long" })}>
                {nameOf(date, locale, { weekday: "short" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week.find((date) => date !== null)}>
              {week.map((date, place) =>
                date === null ? (
                  <td key={place} />
                ) : (
                  <Day
                    key={date}
                    date={date}
                    free={date < today ? 0 : freeOn(date)}
                    isPast={date < today}
                    isToday={date === today}
                    isSelected={date === selected}
                    isCurrent={date === current}
                    onSelect={() => {
                      setCursor(date);
                      onSelect(date);
                    }}
                  />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="xs" c="dimmed" mt="xs" id={`${heading}-keys`} className={classes.keys ?? ""}>
        {t.keys}
      </Text>
    </div>
  );
}

interface DayProps {
  date: string;
  free: number | undefined;
  isPast: boolean;
  isToday: boolean;
  isSelected: boolean;
  isCurrent: boolean;
  onSelect: () => void;
}

function Day({ date, free, isCurrent, isPast, isSelected, isToday, onSelect }: DayProps) {
  const t = useTexts(PICK_TEXTS);
  const { locale } = useLocale();
  const many = free === undefined ? null : free === 0 ? t.noFree : t.free(free);
  const name = [nameOf(date, locale, WIDE), isToday ? t.today : null, many]
    .filter((part) => part !== null)
    .join(", ");
  return (
    <td aria-selected={isSelected}>
      <button
        type="button"
        className={classes.day}
        data-date={date}
        data-free={free}
        data-past={isPast || undefined}
        data-selected={isSelected || undefined}
        data-today={isToday || undefined}
        aria-current={isToday ? "date" : undefined}
        tabIndex={isCurrent ? 0 : -1}
        onClick={onSelect}
      >
        <span className="visually-hidden">{name}</span>
        <span className={classes.number} aria-hidden="true">
          {Number(date.slice(8))}
        </span>
        <span className={classes.free} aria-hidden="true">
          {free === undefined || isPast ? "" : free || "–"}
        </span>
      </button>
    </td>
  );
}

/** Where the grid begins: what is chosen, else today, else the first of the month. */
function startIn(month: string, selected: string | undefined, today: string): string {
  if (selected !== undefined && monthOf(selected) === month) return selected;
  return monthOf(today) === month ? today : `${month}-01`;
}

function Chevron({ towards }: { towards: "left" | "right" }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={towards === "left" ? "M10 3 5 8l5 5" : "m6 3 5 5-5 5"}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
    </svg>
  );
}
