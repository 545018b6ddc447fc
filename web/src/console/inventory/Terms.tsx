/** On which terms it is sold. */
import { Stack, Table, Title } from "@mantine/core";
import { money } from "@shared/format/money.ts";
import { count, long } from "@shared/format/numbers.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { Item } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

export function Terms({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  const number = (value: number | null) => (value === null ? t.noLimit : count(value, locale));
  const instant = (value: string | null, none: string) =>
    value === null ? none : dateTime(value, locale);
  const rows: [string, string][] = [
    [t.price, item.price === null ? t.noPrice : money(item.price, locale)],
    [t.saleStarts, instant(item.sale_starts_at, t.always)],
    [t.saleEnds, instant(item.sale_ends_at, t.noEnd)],
    [t.minQuantity, number(item.min_quantity)],
    [t.maxQuantity, number(item.max_quantity)],
    [t.maxPerCustomer, number(item.max_per_customer)],
    [
      t.holdTime,
      item.hold_ttl_seconds === null ? t.asOrganization : long(item.hold_ttl_seconds, locale),
    ],
  ];
  return (
    <Stack gap="xs" component="section" aria-label={t.terms}>
      <Title order={2} size="h4">
        {t.terms}
      </Title>
      <Table verticalSpacing={4} withRowBorders={false} layout="auto">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400} c="dimmed" pl={0}>
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
