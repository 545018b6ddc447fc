import { Alert, Button, Group, List, Stack, Text, TextInput, Title } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useMe } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { download } from "@shared/ui/csv.ts";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Copyable } from "../parts/Copyable.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Commands } from "./Commands.tsx";
import { canCheck, readNote } from "./check.ts";
import { Findings } from "./Findings.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import { verifyNow } from "./verifying.ts";

const KEY = "firmhold.audit-key";
const keptName = (organization: string) => `firmhold.checkpoint.${organization}`;

export function VerifyView() {
  const t = useTexts(VERIFY_TEXTS);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["audit-checkpoint"],
    queryFn: () => done(api.GET("/v1/audit/checkpoint")),
  });
  if (isPending) return <LoadingState />;
  if (isProblem(error, "not_found")) return <EmptyState title={t.none}>{t.noneWhat}</EmptyState>;
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  return (
    <Stack gap="lg">
      <Checkpoint text={data.checkpoint} />
      <Verify />
      <Commands />
    </Stack>
  );
}

function Checkpoint({ text }: { text: string }) {
  const t = useTexts(VERIFY_TEXTS);
  const { locale } = useLocale();
  const note = readNote(text);
  return (
    <Stack component="section" gap="xs" aria-label={t.checkpoint}>
      <Title order={2} size="h4">
        {t.checkpoint}
      </Title>
      <Text size="sm" c="dimmed" maw={720}>
        {t.checkpointWhat}
      </Text>
      <Facts
        of={[
          [
            t.size,
            <span key="size" className="tabular">
              {new Intl.NumberFormat(locale).format(note.size)}
            </span>,
          ],
          [t.at, dateTime(note.at, locale)],
          [t.root, note.root],
        ]}
      />
      <Copyable label={t.copyIt} text={text.trimEnd()} />
      <Button
        size="xs"
        variant="default"
        style={{ alignSelf: "start" }}
        onClick={() => download(`checkpoint-${note.size}.txt`, text, "text/plain;charset=utf-8")}
      >
        {t.save}
      </Button>
    </Stack>
  );
}

function Verify() {
  const t = useTexts(VERIFY_TEXTS);
  const organization = useMe()?.organization ?? "";
  const client = useQueryClient();
  const [key, setKey] = useState(() => localStorage.getItem(KEY) ?? "");
  const verify = useMutation({
    networkMode: "always",
    mutationFn: async () => {
      const name = keptName(organization);
      const { checkpoint, findings } = await verifyNow(key, localStorage.getItem(name));
      const holds = findings.every((it) => !("flaw" in it) || it.flaw === null);
      // One that does not go on from the last is not put in its place.
      if (holds) localStorage.setItem(name, checkpoint);
      return findings;
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: ["audit-checkpoint"] }),
  });
  return (
    <Stack component="section" gap="sm" aria-label={t.verify}>
      <Title order={2} size="h4">
        {t.verify}
      </Title>
      {canCheck() ? (
        <>
          <TextInput
            label={t.key}
            description={t.keyWhat}
            maw={640}
            maxLength={100}
            value={key}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              setKey(typed);
              localStorage.setItem(KEY, typed.trim());
            }}
          />
          <Group>
            <Button size="xs" loading={verify.isPending} onClick={() => verify.mutate()}>
              {t.verify}
            </Button>
          </Group>
          {verify.error === null ? null : (
            <ErrorState error={verify.error} onRepeat={() => verify.mutate()} />
          )}
          {verify.data === undefined ? null : <Findings findings={verify.data} />}
        </>
      ) : (
        <Alert color="yellow">{t.cannot}</Alert>
      )}
      <List size="sm" spacing={4} maw={720} listStyleType="none">
        <List.Item>
          <b>{t.proves}:</b> {t.provesWhat}
        </List.Item>
        <List.Item>
          <b>{t.provesNot}:</b> {t.provesNotWhat}
        </List.Item>
      </List>
    </Stack>
  );
}
