/** Why a step came to nothing. A conflict says who or what is in the way, and when. */
import { Alert } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { SLOT_TEXTS } from "./texts.ts";

interface RefusedProps {
  problem: Problem;
  zone: string;
  onRepeat: () => void;
}

export function Refused({ onRepeat, problem, zone }: RefusedProps) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const { busy_from: from, busy_until: until, pool_name: name } = problem.facts;
  if (problem.code !== "pool_busy" || typeof name !== "string")
    return <ErrorState error={problem} onRepeat={problem.transient ? onRepeat : undefined} />;
  const isKnown = typeof from === "string" && typeof until === "string";
  return (
    <Alert color="red" title={t.notNow} role="alert">
      {isKnown
        ? t.busy(name, dateTime(from, locale, zone), dateTime(until, locale, zone))
        : t.busyAt(name)}
    </Alert>
  );
}
