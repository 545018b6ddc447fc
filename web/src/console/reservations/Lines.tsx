import { Table } from "@mantine/core";
import { money } from "@shared/format/money.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { LineName } from "./cells.tsx";
import type { Reservation } from "./queries.ts";
import { DETAIL_TEXTS } from "./texts.ts";

export function Lines({ reservation }: { reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const { locale } = useLocale();
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={480}
      tabIndex={0}
      role="group"
      aria-label={t.lines}
    >
      <Table aria-label={t.lines} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.what}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t.units}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {t.claims}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {t.price}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reservation.lines.map((line) => (
            <Table.Tr key={line.offering}>
              <Table.Td title={line.offering}>
                <LineName line={line} />
              </Table.Td>
              <Table.Td ta="right">{line.quantity}</Table.Td>
              <Table.Td ta="right">{line.held + line.confirmed}</Table.Td>
              <Table.Td ta="right">
                {line.unit_price === null ? "" : money(line.unit_price, locale)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
