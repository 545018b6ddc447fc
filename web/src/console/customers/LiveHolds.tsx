import { Group, Stack, Text, Title } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { TextLink } from "@shared/ui/links.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useQuery } from "@tanstack/react-query";
import { LineName } from "../reservations/cells.tsx";
import { loadPage } from "../reservations/queries.ts";
import { CUSTOMER_TEXTS } from "./texts.ts";

/** What is held for a customer now, with the time that is left. */
export function LiveHolds({ customer }: { customer: string }) {
  const t = useTexts(CUSTOMER_TEXTS);
  useLive({ feed: true });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["reservations", "held", customer],
    queryFn: () => loadPage({ customer, status: "held", limit: 100 }),
  });
  return (
    <Stack component="section" gap="xs" aria-label={t.live}>
      <Title order={2} size="h4">
        {t.live}
      </Title>
      {isPending ? (
        <LoadingState rows={1} height={32} />
      ) : data === undefined ? (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      ) : data.data.length === 0 ? (
        <Text c="dimmed">{t.nothingHeld}</Text>
      ) : (
        data.data.map(({ expires_at, id, lines }) => (
          <Group key={id} gap="md">
            <TextLink to="/reservations/$reservation" params={{ reservation: id }} size="sm">
              {lines.map((line) => (
                <span key={line.offering} style={{ display: "block" }}>
                  {line.quantity} × <LineName line={line} />
                </span>
              ))}
            </TextLink>
            {expires_at === null ? null : (
              <Timer
                until={expires_at}
                label={t.timeLeft}
                urgent={false}
                onOver={() => void refetch()}
              />
            )}
          </Group>
        ))
      )}
    </Stack>
  );
}
