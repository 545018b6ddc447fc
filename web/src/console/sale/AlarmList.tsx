/** What is wrong, or that nothing is: by words, a mark and a colour. */
import { Alert, Badge, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { percent, short } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type AlarmState, alarmsOf } from "./alarms.ts";
import type { Metrics } from "./metrics.ts";
import { failureRate } from "./rates.ts";
import { SALE_TEXTS } from "./texts.ts";

const COLOURS = { fine: "green", alarm: "red", unknown: "gray" } as const;
const VARIANTS = { fine: "outline", alarm: "light", unknown: "default" } as const;
const MARKS = { fine: "✓", alarm: "!", unknown: "–" } as const;

export function AlarmList({ metrics }: { metrics: Metrics }) {
  const t = useTexts(SALE_TEXTS);
  const { locale } = useLocale();
  const { failing, slow, stock } = alarmsOf(metrics);
  const share = percent(failureRate(metrics.reserving) ?? 0, locale);
  const p95 = short(metrics.reserving.p95Seconds ?? 0, locale);
  const said = (state: AlarmState, fine: string, alarm: string) =>
    ({ fine, alarm, unknown: t.unknownWhat })[state];
  return (
    <Stack component="section" aria-label={t.alarms} gap="xs">
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
        <Alarm
          name={t.stock}
          state={stock}
          what={said(stock, t.stockFine, t.stockAlarm(metrics.totals.oversold))}
        />
        <Alarm
          name={t.failing}
          state={failing}
          what={said(failing, t.failingFine(share), t.failingAlarm(share))}
        />
        <Alarm name={t.slow} state={slow} what={said(slow, t.slowFine(p95), t.slowAlarm(p95))} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t.failing}, {t.slow}: {t.window}
      </Text>
    </Stack>
  );
}

interface AlarmProps {
  name: string;
  state: AlarmState;
  what: string;
}

function Alarm({ name, state, what }: AlarmProps) {
  const t = useTexts(SALE_TEXTS);
  return (
    <Alert
      color={COLOURS[state]}
      variant={VARIANTS[state]}
      role={state === "alarm" ? "alert" : "group"}
      aria-label={`${name}: ${t[state]}`}
      data-alarm={state}
      p="xs"
    >
      <Title order={2} size="h6" style={{ display: "flex", gap: 8, alignItems: "center" }}>
        {name}
        <Badge color={COLOURS[state]} variant="light" tt="none">
          {MARKS[state]} {t[state]}
        </Badge>
      </Title>
      <Text size="sm" c="var(--mantine-color-text)">
        {what}
      </Text>
    </Alert>
  );
}
