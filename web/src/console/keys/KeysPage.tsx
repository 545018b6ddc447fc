import { Badge, Button, Code, Group, Stack, Text } from "@mantine/core";
import { api, done, page, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { address } from "@shared/config.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Copyable } from "../parts/Copyable.tsx";
import { FormDialog } from "../parts/FormDialog.tsx";
import { Guard } from "../parts/Guard.tsx";
import { ActorName, short } from "../parts/People.tsx";
import { SecretOnce } from "../parts/SecretOnce.tsx";
import { KeyDialog } from "./KeyDialog.tsx";
import { KEY_TEXTS } from "./texts.ts";

type Key = Schemas["KeyView"];
type NewKey = Schemas["NewKeyView"];

export function KeysPage() {
  const t = useTexts(KEY_TEXTS);
  return (
    <Guard permission="keys:write" title={t.title}>
      <Keys />
    </Guard>
  );
}

function Keys() {
  const t = useTexts(KEY_TEXTS);
  const { locale } = useLocale();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  const [leaving, setLeaving] = useState<Key | null>(null);
  const [said, setSaid] = useState("");
  const refresh = () => void client.invalidateQueries({ queryKey: ["keys"] });
  const withdraw = useIntent<string, Key>({
    run: (key, id) =>
      done(
        api.DELETE("/v1/api-keys/{key}", {
          params: { path: { key: id }, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: (key) => {
      setLeaving(null);
      setSaid(t.isWithdrawn(key.name));
      if (made?.id === key.id) setMade(null);
      refresh();
    },
  });

  const columns: Column<Key>[] = [
    {
      key: "name",
      header: t.name,
      cell: ({ id, name }) => (
        <>
          <Text size="sm">{name}</Text>
          <Text size="xs" c="dimmed" title={id}>
            {short(id)}
          </Text>
        </>
      ),
    },
    {
      key: "scopes",
      header: t.scopes,
      cell: ({ scopes }) => (
        <Group gap={4} maw={360}>
          {scopes.map((scope) => (
            <Code key={scope}>{scope}</Code>
          ))}
        </Group>
      ),
    },
    { key: "state", header: t.state, cell: (key) => <State of={key} /> },
    {
      key: "seen",
      header: t.seen,
      cell: ({ seen_at }) => (seen_at === null ? t.never : dateTime(seen_at, locale)),
    },
    {
      key: "since",
      header: t.since,
      cell: ({ created_at, made_by }) => (
        <>
          <Text size="sm">{dateTime(created_at, locale)}</Text>
          <Text size="xs" c="dimmed">
            <ActorName actor={made_by} />
          </Text>
        </>
      ),
    },
    {
      key: "withdraw",
      header: "",
      label: t.withdraw,
      cell: (key) =>
        key.withdrawn_at === null ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${t.withdraw}: ${key.name}`}
            onClick={() => setLeaving(key)}
          >
            {t.withdraw}
          </Button>
        ) : null,
    },
  ];

  return (
    <Screen
      title={t.title}
      actions={
        <Button size="xs" onClick={() => setMaking(true)}>
          {t.make}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {t.what}
      </Text>
      {made === null ? null : (
        <Stack gap="xs">
          <SecretOnce
            title={t.made(made.name)}
            label={t.key}
            secret={made.key}
            onKept={() => setMade(null)}
          />
          <Text size="sm">{t.use}</Text>
          <Copyable
            label={t.use}
            text={`curl -H 'Authorization: Bearer ${made.key}' ${address("/v1/items")}`}
          />
        </Stack>
      )}
      <Text size="sm" role="status">
        {said}
      </Text>
      <DataTable
        id="keys"
        minWidth={960}
        label={t.title}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={["keys"]}
        load={(query) =>
          page(api.GET("/v1/api-keys", { params: { query } })).then(({ data }) => ({
            data: data.data,
            next: data.next ?? null,
          }))
        }
        empty={<EmptyState title={t.none}>{t.noneWhat}</EmptyState>}
      />
      {making ? (
        <KeyDialog
          onMade={(key) => {
            setMaking(false);
            setMade(key);
            setSaid("");
            refresh();
          }}
          onUnsure={refresh}
          onClose={() => setMaking(false)}
        />
      ) : null}
      <FormDialog
        opened={leaving !== null}
        title={t.withdrawTitle(leaving?.name ?? "")}
        action={t.withdraw}
        danger
        pending={withdraw.pending}
        problem={withdraw.problem}
        onRepeat={withdraw.repeat}
        onSubmit={() => leaving !== null && withdraw.start(leaving.id)}
        onClose={() => setLeaving(null)}
      >
        <Text size="sm">{t.withdrawWhat}</Text>
      </FormDialog>
    </Screen>
  );
}

function State({ of: key }: { of: Key }) {
  const t = useTexts(KEY_TEXTS);
  const { locale } = useLocale();
  if (key.withdrawn_at !== null)
    return (
      <Badge miw="max-content" color="gray" variant="light" tt="none">
        {t.withdrawn}
      </Badge>
    );
  const over = key.expires_at !== null && Date.parse(key.expires_at) <= serverClock.now();
  return (
    <>
      <Badge miw="max-content" color={over ? "red" : "green"} variant="light" tt="none">
        {over ? t.expired : t.good}
      </Badge>
      {key.expires_at === null || over ? null : (
        <Text size="xs">{t.until(dateTime(key.expires_at, locale))}</Text>
      )}
    </>
  );
}
