/** Which slots a schedule would make, date by date; days on which the clocks are changed are marked. */
import { Badge, Stack, Table, Text } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { clock, shortDay } from "../time/words.ts";
import { dateAt, hoursOf, zonedDay } from "../time/zone.ts";
import { Report } from "./Report.tsx";
import { RECURRING_TEXTS } from "./texts.ts";

const DATES = 21;

export function Preview({ preview }: { preview: Schemas["PreviewView"] }) {
  const t = useTexts(RECURRING_TEXTS);
  const { locale } = useLocale();
  const { report, slots, zone } = preview;
  const dates = groupedByDate(slots, zone);
  const shown = [...dates].slice(0, DATES);
  return (
    <Stack gap="xs">
      <div role="status">
        <Report report={report} zone={zone} />
      </div>
      {shown.length === 0 ? null : (
        <Table aria-label={t.preview} verticalSpacing={4} fz="sm">
          <Table.Tbody>
            {shown.map(([date, own]) => {
              const hours = hoursOf(zonedDay(date, zone));
              return (
                <Table.Tr key={date}>
                  <Table.Th scope="row" fw={600} w={130} style={{ verticalAlign: "top" }}>
                    {shortDay(Date.parse(own[0]?.starts_at ?? ""), zone, locale)}
                    {hours === 24 ? null : (
                      <Badge color="yellow" variant="light" tt="none" size="sm">
                        {t.shortDay(hours)}
                      </Badge>
                    )}
                  </Table.Th>
                  <Table.Td>
                    <Text size="xs" c="dimmed">
                      {t.dates(own.length)}
                    </Text>
                    <Text size="sm" className="tabular">
                      {own
                        .map(({ starts_at: at }) => clock(Date.parse(at), zone, locale))
                        .join("  ")}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
      {dates.size > DATES ? <Text size="sm">{t.moreDates(dates.size - DATES)}</Text> : null}
    </Stack>
  );
}

type Planned = Schemas["PlannedView"];

function groupedByDate(slots: readonly Planned[], zone: string): Map<string, Planned[]> {
  const dates = new Map<string, Planned[]>();
  for (const slot of slots) {
    const date = dateAt(Date.parse(slot.starts_at), zone);
    dates.set(date, [...(dates.get(date) ?? []), slot]);
  }
  return dates;
}
