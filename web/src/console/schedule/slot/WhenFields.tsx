/** From when until when, by the clocks of the site: also where they are changed. */
import { NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { dayAndClock, offset } from "../time/words.ts";
import { atOf, type Moment, meaningOf } from "./draft.ts";
import { SLOT_TEXTS } from "./texts.ts";

interface WhenFieldsProps {
  zone: string;
  start: Moment;
  end: Moment;
  onChange: (times: { start: Moment; end: Moment }) => void;
  /** What is wrong with them, once somebody has tried to save. */
  startError?: string | undefined;
  endError?: string | undefined;
}

export function WhenFields({ end, endError, onChange, start, startError, zone }: WhenFieldsProps) {
  const t = useTexts(SLOT_TEXTS);
  const [from, to] = [atOf(start, zone), atOf(end, zone)];
  const minutes = from === null || to === null ? 0 : (to - from) / 60_000;
  // The end goes along with the start, and stays as far from it as it was.
  const moveStart = (next: Moment) => {
    const isSameDay = end.date === start.date;
    onChange({ start: next, end: isSameDay ? { ...end, date: next.date } : end });
  };
  return (
    <Stack gap="xs">
      <MomentFields
        date={t.startDate}
        time={t.startTime}
        moment={start}
        zone={zone}
        error={startError}
        onChange={moveStart}
      />
      <MomentFields
        date={t.endDate}
        time={t.endTime}
        moment={end}
        zone={zone}
        error={endError}
        onChange={(next) => onChange({ start, end: next })}
      />
      <Text size="xs" c="dimmed">
        {t.zone(zone)}
        {minutes > 0 ? `. ${t.lasts(Math.floor(minutes / 60), minutes % 60)}` : ""}
      </Text>
    </Stack>
  );
}

interface MomentFieldsProps {
  date: string;
  time: string;
  moment: Moment;
  zone: string;
  error: string | undefined;
  onChange: (moment: Moment) => void;
}

function MomentFields({ date, error, moment, onChange, time, zone }: MomentFieldsProps) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const meaning = meaningOf(moment, zone);
  const skipped =
    meaning?.kind === "none" ? t.isSkipped(dayAndClock(meaning.next, zone, locale)) : undefined;
  return (
    <>
      <SimpleGrid cols={2} spacing="xs">
        <TextInput
          type="date"
          label={date}
          required
          value={moment.date}
          onChange={(event) => onChange({ ...moment, date: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={time}
          required
          value={moment.time}
          error={skipped ?? error}
          onChange={(event) => onChange({ ...moment, time: event.currentTarget.value })}
        />
      </SimpleGrid>
      {meaning?.kind === "two" ? (
        <NativeSelect
          label={t.whichOfTwo}
          description={t.isTwice}
          value={moment.second ? "second" : "first"}
          data={[
            { value: "first", label: t.first(offset(meaning.first, zone, locale)) },
            { value: "second", label: t.second(offset(meaning.second, zone, locale)) },
          ]}
          onChange={(event) =>
            onChange({ ...moment, second: event.currentTarget.value === "second" })
          }
        />
      ) : null}
    </>
  );
}
