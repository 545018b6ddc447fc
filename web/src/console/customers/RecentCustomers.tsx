/** For those who may not list accounts: whom the newest reservations are for. */
import { Table, Text } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { CustomerName } from "../parts/People.tsx";
import { loadPage } from "../reservations/queries.ts";
import { byCustomer } from "./grouping.ts";
import { CUSTOMER_TEXTS } from "./texts.ts";

export function RecentCustomers() {
  const t = useTexts(CUSTOMER_TEXTS);
  const { locale } = useLocale();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["reservation-list", "customers"],
    queryFn: () => loadPage({ limit: 500 }),
  });
  if (isPending) return <LoadingState rows={6} height={32} />;
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  const found = byCustomer(data.data);
  if (found.length === 0) return <EmptyState title={t.none}>{t.noneWhat}</EmptyState>;
  return (
    <>
      <Text size="sm" c="dimmed">
        {t.recentWhat(data.data.length)}
      </Text>
      <Table.ScrollContainer
        type="native"
        minWidth={600}
        tabIndex={0}
        role="group"
        aria-label={t.recent}
      >
        <Table aria-label={t.recent} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.customer}</Table.Th>
              <Table.Th scope="col" ta="right">
                {t.reservations}
              </Table.Th>
              <Table.Th scope="col" ta="right">
                {t.held}
              </Table.Th>
              <Table.Th scope="col">{t.newest}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map(({ count, customer, held, newest }) => (
              <Table.Tr key={customer}>
                <Table.Td>
                  <TextLink to="/customers/$customer" params={{ customer }} size="sm">
                    <CustomerName id={customer} />
                  </TextLink>
                </Table.Td>
                <Table.Td ta="right">{count}</Table.Td>
                <Table.Td ta="right">{held}</Table.Td>
                <Table.Td>{dateTime(newest, locale)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
