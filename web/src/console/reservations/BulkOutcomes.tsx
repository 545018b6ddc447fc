import { Badge, Group, Table, Text } from "@mantine/core";
import { useProblemText } from "@shared/api/problemTexts.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { short } from "../parts/People.tsx";
import type { Bulk, Outcome } from "./bulk.ts";
import { BULK_TEXTS } from "./texts.ts";

const ORDER: Outcome[] = ["refused", "failed", "cancelled", "released", "untouched"];
const COLOURS: Record<Outcome, string> = {
  refused: "red",
  failed: "orange",
  cancelled: "green",
  released: "green",
  untouched: "gray",
};
/** Rows that are drawn; those that need a person come first. */
const MOST = 500;

export function BulkOutcomes({ bulk }: { bulk: Bulk }) {
  const t = useTexts(BULK_TEXTS);
  const problemText = useProblemText();
  const over = bulk.state === "over";
  const shown = ORDER.flatMap((outcome) =>
    bulk.items.filter(
      (it) => it.outcome === outcome && (over || outcome === "refused" || outcome === "failed"),
    ),
  ).slice(0, MOST);
  return (
    <>
      <Group gap="xs">
        {ORDER.map((outcome) => {
          const count = bulk.count(outcome);
          return count === 0 ? null : (
            <Badge
              miw="max-content"
              key={outcome}
              color={COLOURS[outcome]}
              variant="light"
              tt="none"
            >
              {`${t[outcome]}: ${count}`}
            </Badge>
          );
        })}
      </Group>
      {shown.length === 0 ? null : (
        <Table.ScrollContainer
          type="native"
          minWidth={320}
          maxHeight={260}
          tabIndex={0}
          role="group"
          aria-label={t.outcomes}
        >
          <Table aria-label={t.outcomes} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t.id}</Table.Th>
                <Table.Th scope="col">{t.outcome}</Table.Th>
                <Table.Th scope="col">{t.why}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ id, outcome, problem }) => (
                <Table.Tr key={id}>
                  <Table.Td title={id}>{short(id)}</Table.Td>
                  <Table.Td>{t[outcome]}</Table.Td>
                  <Table.Td>
                    <Text size="sm">{problem === null ? "" : problemText(problem)}</Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}
