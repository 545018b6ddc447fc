import { Badge, Button, Text } from "@mantine/core";
import { api, page, type Schemas } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Guard } from "../parts/Guard.tsx";
import { SecretOnce } from "../parts/SecretOnce.tsx";
import { WEBHOOK_TEXTS } from "./texts.ts";
import { WebhookDialog } from "./WebhookDialog.tsx";

type Webhook = Schemas["WebhookView"];

export function WebhooksPage() {
  const t = useTexts(WEBHOOK_TEXTS);
  return (
    <Guard permission="webhooks:write" title={t.title}>
      <Webhooks />
    </Guard>
  );
}

function Webhooks() {
  const t = useTexts(WEBHOOK_TEXTS);
  const { locale } = useLocale();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: ["webhooks"] });
  const columns: Column<Webhook>[] = [
    {
      key: "url",
      header: t.url,
      cell: ({ description, id, url }) => (
        <>
          <TextLink
            to="/webhooks/$webhook"
            params={{ webhook: id }}
            size="sm"
            onClick={(event) => event.stopPropagation()}
          >
            {url}
          </TextLink>
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        </>
      ),
    },
    {
      key: "events",
      header: t.events,
      cell: ({ types }) => (
        <Text size="sm" span title={types.join(", ")}>
          {types.length === 0 ? t.allEvents : t.count(types.length)}
        </Text>
      ),
    },
    { key: "state", header: t.state, cell: (webhook) => <OnOff webhook={webhook} /> },
    { key: "since", header: t.since, cell: ({ created_at }) => dateTime(created_at, locale) },
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
      {secret === null ? null : (
        <SecretOnce
          title={t.secretTitle}
          label={t.secret}
          secret={secret}
          onKept={() => setSecret(null)}
        />
      )}
      <DataTable
        id="webhooks"
        minWidth={720}
        label={t.title}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={["webhooks"]}
        load={(query) =>
          page(api.GET("/v1/webhooks", { params: { query } })).then(({ data }) => ({
            data: data.data,
            next: data.next ?? null,
          }))
        }
        onOpen={({ id }) => void navigate({ to: "/webhooks/$webhook", params: { webhook: id } })}
        empty={<EmptyState title={t.none}>{t.noneWhat}</EmptyState>}
      />
      {making ? (
        <WebhookDialog
          webhook={null}
          onMade={(made) => {
            setMaking(false);
            setSecret(made.secret);
            refresh();
          }}
          onSaved={() => undefined}
          onClose={() => {
            setMaking(false);
            refresh();
          }}
        />
      ) : null}
    </Screen>
  );
}

export function OnOff({ webhook }: { webhook: Webhook }) {
  const t = useTexts(WEBHOOK_TEXTS);
  const on = webhook.disabled_at === null;
  return (
    <Badge miw="max-content" color={on ? "green" : "gray"} variant="light" tt="none">
      {on ? t.on : t.off}
    </Badge>
  );
}
