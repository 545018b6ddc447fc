/** What the ledger says of a reservation: what happened, when, and whose doing it was. */
import { Table, Text } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { dateTime, timeOfDay } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { ActorName } from "../parts/People.tsx";
import { LineName } from "./cells.tsx";
import { type HistoryEntry, type Reservation, useHistory } from "./queries.ts";
import { DETAIL_TEXTS, KIND_TEXTS } from "./texts.ts";

export function History({ reservation }: { reservation: Reservation }) {
  const may = useMay("ledger:read");
  return may ? <Entries reservation={reservation} /> : null;
}

function Entries({ reservation }: { reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const { locale } = useLocale();
  const { data, error, isPending, refetch } = useHistory(reservation);
  if (isPending) return <LoadingState rows={2} height={32} />;
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  if (data.length === 0) return <Text>{t.noHistory}</Text>;
  const several = reservation.lines.length > 1;
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={700}
      tabIndex={0}
      aria-label={t.history}
      role="group"
    >
      <Table aria-label={t.history} verticalSpacing={6} data-history>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.when}</Table.Th>
            <Table.Th scope="col">{t.what}</Table.Th>
            <Table.Th scope="col">{t.who}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t.change}
            </Table.Th>
            <Table.Th scope="col">{t.why}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.map((entry) => (
            <Table.Tr key={`${entry.offering} ${entry.seq}`}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{dateTime(entry.at, locale)}</Table.Td>
              <Table.Td>
                {kinds[entry.kind]}
                {several ? <LineOf entry={entry} reservation={reservation} /> : null}
              </Table.Td>
              <Table.Td>
                <ActorName actor={entry.actor} />
              </Table.Td>
              <Table.Td ta="right">{change(entry)}</Table.Td>
              <Table.Td>
                {entry.reason ??
                  (entry.kind === "extended" && entry.hold_expires_at !== null
                    ? t.moreTime(timeOfDay(entry.hold_expires_at, locale))
                    : "")}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function LineOf({ entry, reservation }: { entry: HistoryEntry; reservation: Reservation }) {
  const line = reservation.lines.find(({ offering }) => offering === entry.offering);
  return line === undefined ? null : (
    <Text size="xs" c="dimmed">
      <LineName line={line} />
    </Text>
  );
}

/** Units that it claims more, or fewer, after it. */
function change({ confirmed_delta: confirmed, held_delta: held }: HistoryEntry): string {
  const sum = held + confirmed;
  return sum === 0 ? "" : sum > 0 ? `+${sum}` : `−${-sum}`;
}
