/** What one is told about one's reservations, in which language, and how. */
import { Stack, Text, Title } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { ToldForm } from "./ToldForm.tsx";
import { TOLD_TEXTS } from "./toldTexts.ts";

export function Told({ user }: { user: string }) {
  const t = useTexts(TOLD_TEXTS);
  const { organization } = useConfig();
  const { data, error, refetch } = useQuery({
    queryKey: ["preferences", user],
    queryFn: () => done(api.GET("/v1/notifications/preferences")),
  });
  return (
    <Stack component="section" aria-label={t.title} maw={560}>
      <Title order={2} size="h4">
        {t.title}
      </Title>
      <Text>{t.what(organization.name)}</Text>
      {data !== undefined ? (
        <ToldForm key={user} user={user} preferences={data} />
      ) : error === null ? (
        <LoadingState rows={3} height={48} />
      ) : (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      )}
    </Stack>
  );
}
