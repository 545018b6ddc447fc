import { Stack, Table, Text } from "@mantine/core";
import { count, percent } from "@shared/format/numbers.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { Chart } from "@shared/ui/Chart.tsx";
import { scrolled } from "@shared/ui/scrolled.ts";
import { useReport } from "./asking.ts";
import type { Filters } from "./filters.ts";
import { Report } from "./Report.tsx";
import type { NoShowsGroup } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";

export function NoShows({ filters }: { filters: Filters }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const asked = useReport("no-shows", filters);
  const overTime = filters.by === "time";
  return (
    <Report asked={asked} isEmpty={({ data }) => data.length === 0}>
      {({ data, is_all, zone }) => (
        <Stack gap="xl">
          {overTime ? (
            <Chart
              title={t.rateOver}
              times={data.map(({ group }) => group)}
              zone={zone}
              height={220}
              format={(value) => percent(value, locale)}
              series={[
                { name: t.rate, values: data.map(({ no_show_rate }) => no_show_rate) },
                { name: t.filled, values: data.map(({ filled }) => filled) },
              ]}
            />
          ) : null}
          <Groups
            groups={data}
            nameOf={({ group, name }) => (overTime ? dateTime(group, locale, zone) : name)}
          />
          {is_all ? null : <Text size="sm">{t.notAll}</Text>}
        </Stack>
      )}
    </Report>
  );
}

interface GroupsProps {
  groups: NoShowsGroup[];
  nameOf: (group: NoShowsGroup) => string;
}

function Groups({ groups, nameOf }: GroupsProps) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  const number = (value: number) => count(value, locale);
  const share = (value: number | null) => (value === null ? "–" : percent(value, locale));
  const columns: [string, (group: NoShowsGroup) => string][] = [
    [t.slots, ({ slots }) => number(slots)],
    [t.filled, ({ filled }) => share(filled)],
    [t.expected, ({ expected }) => number(expected)],
    [t.came, ({ came }) => number(came)],
    [t.noShows, ({ no_shows }) => number(no_shows)],
    [t.unrecorded, ({ unrecorded }) => number(unrecorded)],
    [t.rate, ({ no_show_rate }) => share(no_show_rate)],
  ];
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={scrolled(t.attendance)}>
      <Table aria-label={t.attendance} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.name}</Table.Th>
            {columns.map(([name]) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group) => (
            <Table.Tr key={group.group}>
              <Table.Td>{nameOf(group)}</Table.Td>
              {columns.map(([name, of]) => (
                <Table.Td key={name} ta="right">
                  {of(group)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
