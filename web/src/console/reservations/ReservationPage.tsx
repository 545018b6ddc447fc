import { Group, Stack, Text, Title } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Guard } from "../parts/Guard.tsx";
import { short } from "../parts/People.tsx";
import { PART_TEXTS } from "../parts/texts.ts";
import { Acts } from "./Acts.tsx";
import { Details } from "./Details.tsx";
import { History } from "./History.tsx";
import { Lines } from "./Lines.tsx";
import { getReservation, reservationKey } from "./queries.ts";
import { StatusBadge } from "./Status.tsx";
import { DETAIL_TEXTS } from "./texts.ts";

export function ReservationPage() {
  const t = useTexts(DETAIL_TEXTS);
  const { reservation } = useParams({ from: "/inside/reservations/$reservation" });
  const title = t.title(short(reservation));
  return (
    <Guard permission="reservations:read" title={title}>
      <Detail key={reservation} id={reservation} title={title} />
    </Guard>
  );
}

function Detail({ id, title }: { id: string; title: string }) {
  const t = useTexts(DETAIL_TEXTS);
  const part = useTexts(PART_TEXTS);
  const mayWrite = useMay("reservations:write");
  useLive({ reservations: id.startsWith("rsv_") ? [id] : [] });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: reservationKey(id),
    queryFn: () => getReservation(id),
  });
  const back = <TextLink to="/reservations">{t.all}</TextLink>;
  if (isPending)
    return (
      <Screen title={title} actions={back}>
        <LoadingState />
      </Screen>
    );
  if (data === undefined)
    return (
      <Screen title={title} actions={back}>
        {isProblem(error, "not_found", "malformed_request") ? (
          <EmptyState title={part.notThere}>{part.notThereWhat}</EmptyState>
        ) : (
          <ErrorState error={error} onRepeat={() => void refetch()} />
        )}
      </Screen>
    );
  return (
    <Screen title={title} actions={back}>
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      <Group gap="sm" data-status={data.status}>
        <StatusBadge status={data.status} />
      </Group>
      <Details reservation={data} />
      {mayWrite ? (
        <Acts reservation={data} />
      ) : (
        <Text size="sm" c="dimmed">
          {t.readOnly}
        </Text>
      )}
      <Stack component="section" gap="xs" aria-label={t.lines}>
        <Title order={2} size="h4">
          {t.lines}
        </Title>
        <Lines reservation={data} />
      </Stack>
      <Stack component="section" gap="xs" aria-label={t.history}>
        <Title order={2} size="h4">
          {t.history}
        </Title>
        <Text size="sm" c="dimmed">
          {t.historyWhat}
        </Text>
        <History reservation={data} />
      </Stack>
    </Screen>
  );
}
