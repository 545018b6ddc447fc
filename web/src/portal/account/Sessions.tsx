/** Where one is signed in, and the way out of each. */
import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { session } from "@shared/auth/session.ts";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEndSession, useSignOutEverywhere } from "./acts.ts";
import { deviceOf } from "./device.ts";
import { ACCOUNT_TEXTS } from "./texts.ts";

export function Sessions() {
  const t = useTexts(ACCOUNT_TEXTS);
  const { user } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ["sessions", user?.id],
    queryFn: async () => (await done(api.GET("/api/auth/sessions"))).data,
  });
  const end = useEndSession();
  const out = useSignOutEverywhere();
  const [asked, setAsked] = useState(false);
  return (
    <Stack component="section" aria-label={t.sessions}>
      <Title order={2} size="h4">
        {t.sessions}
      </Title>
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {data === undefined && error === null ? <LoadingState rows={2} height={64} /> : null}
      <Stack component="ul" p={0} m={0} gap="xs">
        {(data ?? []).map((it) => (
          <Line
            key={it.id}
            view={it}
            pending={end.pending}
            onEnd={() => (it.current ? void session.signOut() : end.start(it.id))}
          />
        ))}
      </Stack>
      {end.problem === null ? null : <ErrorState error={end.problem} onRepeat={end.repeat} />}
      <Button variant="default" onClick={() => setAsked(true)} style={{ alignSelf: "start" }}>
        {t.everywhere}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t.everywhereAsk}
        action={t.everywhere}
        pending={out.pending}
        onConfirm={() => out.start()}
        onClose={() => setAsked(false)}
      >
        <Stack>
          <Text>{t.everywhereWhat}</Text>
          {out.problem === null ? null : <ErrorState error={out.problem} onRepeat={out.repeat} />}
        </Stack>
      </ConfirmDialog>
    </Stack>
  );
}

interface LineProps {
  view: Schemas["SessionView"];
  pending: boolean;
  onEnd: () => void;
}

function Line({ onEnd, pending, view }: LineProps) {
  const t = useTexts(ACCOUNT_TEXTS);
  const { signOut } = useTexts(AUTH_TEXTS);
  const { locale } = useLocale();
  const device = deviceOf(view.agent) ?? t.unknown;
  const act = view.current ? signOut : t.end;
  return (
    <Paper component="li" withBorder p="sm" style={{ listStyle: "none" }}>
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Text fw={600}>{device}</Text>
            {view.current ? (
              <Badge variant="light" color="green" tt="none">
                {t.thisOne}
              </Badge>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed">
            {t.since(dateTime(view.created_at, locale))}
            {view.address === null ? null : ` ${t.from(view.address)}`}
          </Text>
          <Text size="sm" c="dimmed">
            {t.seen(dateTime(view.seen_at, locale))}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          disabled={pending}
          aria-label={t.named(act, `${device}, ${dateTime(view.created_at, locale)}`)}
          onClick={onEnd}
        >
          {act}
        </Button>
      </Group>
    </Paper>
  );
}
