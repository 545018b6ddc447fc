/** What is in the way, which pool it is, and when; said before anything is saved. */
import { Alert, List, Stack, Text } from "@mantine/core";
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { clockBeside, dayAndClock } from "../time/words.ts";
import type { Conflict } from "./conflicts.ts";
import { SLOT_TEXTS } from "./texts.ts";

const SHOWN = 5;

interface ConflictNotesProps {
  conflicts: readonly Conflict[];
  checking: boolean;
  /** Whether anything was looked at. */
  asked: boolean;
  zone: string;
}

export function ConflictNotes({ asked, checking, conflicts, zone }: ConflictNotesProps) {
  const t = useTexts(SLOT_TEXTS);
  const [hard, soft] = [
    conflicts.filter(({ per }) => per === "slot"),
    conflicts.filter(({ per }) => per === "reservation"),
  ];
  return (
    <div role="status">
      {asked && conflicts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {checking ? t.checking : t.fits}
        </Text>
      ) : null}
      <Stack gap="xs">
        <Group color="red" title={t.conflicts} conflicts={hard} zone={zone} />
        <Group color="yellow" title={t.wouldNotFit} conflicts={soft} zone={zone} />
      </Stack>
    </div>
  );
}

interface GroupProps {
  color: string;
  title: string;
  conflicts: readonly Conflict[];
  zone: string;
}

function Group({ color, conflicts, title, zone }: GroupProps) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  if (conflicts.length === 0) return null;
  const time = (instant: string) => dayAndClock(Date.parse(instant), zone, locale);
  const until = (from: string, to: string) =>
    clockBeside(Date.parse(to), Date.parse(from), zone, locale);
  return (
    <Alert color={color} title={title} p="xs">
      {conflicts.map(({ left, loans, pool, wanted }) => (
        <div key={pool.id}>
          <Text size="sm" fw={600}>
            {pool.units === 1 ? t.isTaken(pool.name) : t.left(pool.name, wanted, left)}
          </Text>
          <List size="sm">
            {loans.slice(0, SHOWN).map((loan) => (
              <List.Item key={`${loan.slot}${loan.per}`}>
                {t.takenBy(loan.title, time(loan.starts_at), until(loan.starts_at, loan.ends_at))}
              </List.Item>
            ))}
          </List>
        </div>
      ))}
    </Alert>
  );
}

/** The words for a refusal of the server's that names a pool; `undefined` for any other. */
export function useBusyText(zone: string): (problem: Problem | null) => string | undefined {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  return (problem) => {
    if (!isProblem(problem, "pool_busy")) return undefined;
    const { busy_from: from, busy_until: to, pool_name: name } = problem.facts;
    const [start, end] = [Date.parse(String(from)), Date.parse(String(to))];
    const when = dayAndClock(start, zone, locale);
    return t.busy(String(name), when, clockBeside(end, start, zone, locale));
  };
}
