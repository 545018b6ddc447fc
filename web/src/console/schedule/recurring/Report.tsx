/** What became of a schedule's slots, or would: also what was left out, and why. */
import { Alert, List, Stack, Text } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { clockBeside, dayAndClock, longDay } from "../time/words.ts";
import { RECURRING_TEXTS } from "./texts.ts";

type ReportView = Schemas["ReportView"];

const SHOWN = 12;
/** What the clocks do is said first, and apart. */
const CLOCKS = new Set(["skipped", "moved", "repeated"]);

interface ReportProps {
  report: ReportView;
  zone: string;
  /** Whether it has been done; otherwise it would be. */
  done?: boolean;
}

export function Report({ done = false, report, zone }: ReportProps) {
  const t = useTexts(RECURRING_TEXTS);
  const { locale } = useLocale();
  const time = (instant: string) => dayAndClock(Date.parse(instant), zone, locale);
  const beside = (instant: string, other: string) =>
    clockBeside(Date.parse(instant), Date.parse(other), zone, locale);
  const date = (on: string) => longDay(Date.parse(`${on}T12:00:00Z`), "UTC", locale);
  const counts = [
    done ? t.made(report.created) : t.wouldMake(report.created),
    ...(report.kept > 0 ? [t.kept(report.kept)] : []),
    ...(report.withdrawn > 0 ? [t.withdrawn(report.withdrawn)] : []),
  ];
  const clocks = report.notes.filter(({ kind }) => CLOCKS.has(kind));
  const others = report.notes.filter(({ kind }) => !CLOCKS.has(kind));
  const note = (it: ReportView["notes"][number]) => (
    <List.Item key={`${it.kind}${it.first}${it.detail}`}>
      <Text size="sm" span fw={600}>
        {t[it.kind]}
      </Text>{" "}
      <Text size="sm" span>
        ({t.note(date(it.first), date(it.last), it.slots)})
      </Text>
      <Text size="xs" c="dimmed" lang="en">
        {it.detail}
      </Text>
    </List.Item>
  );
  return (
    <Stack gap="xs">
      <Text fw={600}>{counts.join(", ")}</Text>
      <Text size="xs" c="dimmed">
        {t.zone(zone)}. {t.lookedUntil(date(report.until))} {report.unfinished ? t.unfinished : ""}
      </Text>
      {clocks.length === 0 ? null : (
        <Alert color="yellow" p="xs">
          <List size="sm">{clocks.map(note)}</List>
        </Alert>
      )}
      {report.conflicts.length === 0 ? null : (
        <Alert color="red" p="xs" title={t.conflicts(report.conflicts.length)}>
          <List size="sm">
            {report.conflicts.slice(0, SHOWN).map((it) => (
              <List.Item key={`${it.starts_at}${it.pool ?? it.slot}`}>
                {it.pool_name === null
                  ? t.conflictSlot(time(it.starts_at))
                  : t.conflictPool(
                      time(it.starts_at),
                      it.pool_name,
                      beside(it.busy_from, it.starts_at),
                      beside(it.busy_until, it.starts_at),
                    )}
              </List.Item>
            ))}
          </List>
          <More n={report.conflicts.length - SHOWN} />
        </Alert>
      )}
      {report.left_alone.length === 0 ? null : (
        <Alert color="blue" p="xs" title={t.leftAlone(report.left_alone.length)}>
          <List size="sm">
            {report.left_alone.slice(0, SHOWN).map(({ reason, slot, starts_at: at }) => (
              <List.Item key={slot}>
                {time(at)}: {reason === "withdrawn" ? t.withdrawnReason : t[reason]}
              </List.Item>
            ))}
          </List>
          <More n={report.left_alone.length - SHOWN} />
        </Alert>
      )}
      {others.length === 0 ? null : (
        <>
          <Text size="sm" fw={600}>
            {t.notes}
          </Text>
          <List size="sm">{others.slice(0, SHOWN).map(note)}</List>
          <More n={others.length - SHOWN} />
        </>
      )}
    </Stack>
  );
}

function More({ n }: { n: number }) {
  const t = useTexts(RECURRING_TEXTS);
  return n > 0 ? <Text size="sm">{t.moreEntries(n)}</Text> : null;
}
