import { Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { session } from "@shared/auth/session.ts";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { programOf } from "./agents.ts";
import { SETTINGS_TEXTS } from "./texts.ts";

type Session = Schemas["SessionView"];

export function SessionsSection() {
  const t = useTexts(SETTINGS_TEXTS);
  const auth = useTexts(AUTH_TEXTS);
  const client = useQueryClient();
  const [said, setSaid] = useState("");
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["sessions"],
    queryFn: () => done(api.GET("/api/auth/sessions")),
  });
  const end = useIntent<string, unknown>({
    run: (_, id) =>
      done(api.DELETE("/api/auth/sessions/{session}", { params: { path: { session: id } } })),
    onDone: () => {
      setSaid(t.ended);
      void client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <Stack component="section" gap="sm" aria-label={t.sessions}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t.sessions}
        </Title>
        <Button size="xs" variant="default" onClick={() => void session.signOut(true)}>
          {auth.signOutEverywhere}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t.sessionsWhat}
      </Text>
      {isPending ? (
        <LoadingState rows={2} height={32} />
      ) : data === undefined ? (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      ) : (
        <Sessions sessions={data.data} pending={end.pending} onEnd={end.start} />
      )}
      {end.problem === null ? null : <ErrorState error={end.problem} onRepeat={end.repeat} />}
      <Text size="sm" role="status">
        {said}
      </Text>
    </Stack>
  );
}

interface SessionsProps {
  sessions: Session[];
  pending: boolean;
  onEnd: (id: string) => void;
}

function Sessions({ onEnd, pending, sessions }: SessionsProps) {
  const t = useTexts(SETTINGS_TEXTS);
  const { locale } = useLocale();
  const kinds: Record<string, string> = {
    password: t.kind_password,
    oidc: t.kind_oidc,
    command: t.kind_command,
  };
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={820}
      tabIndex={0}
      role="group"
      aria-label={t.sessions}
    >
      <Table aria-label={t.sessions} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.program}</Table.Th>
            <Table.Th scope="col">{t.how}</Table.Th>
            <Table.Th scope="col">{t.from}</Table.Th>
            <Table.Th scope="col">{t.since}</Table.Th>
            <Table.Th scope="col">{t.seen}</Table.Th>
            <Table.Th scope="col">
              <span className="visually-hidden">{t.end}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((it) => {
            const program = programOf(it.agent) ?? t.unknown;
            return (
              <Table.Tr key={it.id}>
                <Table.Td title={it.agent ?? undefined}>{program}</Table.Td>
                <Table.Td>{kinds[it.kind] ?? it.kind}</Table.Td>
                <Table.Td>{it.address}</Table.Td>
                <Table.Td>{dateTime(it.created_at, locale)}</Table.Td>
                <Table.Td>{dateTime(it.seen_at, locale)}</Table.Td>
                <Table.Td>
                  {it.current ? (
                    <Badge miw="max-content" variant="light" color="blue" tt="none">
                      {t.here}
                    </Badge>
                  ) : (
                    <Button
                      size="compact-xs"
                      variant="default"
                      disabled={pending}
                      aria-label={t.endOf(program)}
                      onClick={() => onEnd(it.id)}
                    >
                      {t.end}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
