import { Text } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Facts } from "../parts/Facts.tsx";
import { Guard } from "../parts/Guard.tsx";
import { SecretOnce } from "../parts/SecretOnce.tsx";
import { PART_TEXTS } from "../parts/texts.ts";
import { Deliveries } from "./Deliveries.tsx";
import { WEBHOOK_TEXTS } from "./texts.ts";
import { WebhookActs } from "./WebhookActs.tsx";
import { OnOff } from "./WebhooksPage.tsx";

export function WebhookPage() {
  const t = useTexts(WEBHOOK_TEXTS);
  const { webhook } = useParams({ from: "/inside/webhooks/$webhook" });
  return (
    <Guard permission="webhooks:write" title={t.title}>
      <Webhook key={webhook} id={webhook} />
    </Guard>
  );
}

function Webhook({ id }: { id: string }) {
  const t = useTexts(WEBHOOK_TEXTS);
  const part = useTexts(PART_TEXTS);
  const [secret, setSecret] = useState<string | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["webhooks", id],
    queryFn: () => done(api.GET("/v1/webhooks/{webhook}", { params: { path: { webhook: id } } })),
  });
  const back = <TextLink to="/webhooks">{t.back}</TextLink>;
  if (data === undefined)
    return (
      <Screen title={t.title} actions={back}>
        {isPending ? (
          <LoadingState />
        ) : isProblem(error, "not_found", "malformed_request") ? (
          <EmptyState title={part.notThere}>{part.notThereWhat}</EmptyState>
        ) : (
          <ErrorState error={error} onRepeat={() => void refetch()} />
        )}
      </Screen>
    );
  return (
    <Screen title={data.description ?? new URL(data.url).host} actions={back}>
      {secret === null ? null : (
        <SecretOnce
          title={t.secretTitle}
          label={t.secret}
          secret={secret}
          onKept={() => setSecret(null)}
        />
      )}
      <About webhook={data} />
      <WebhookActs webhook={data} onSecret={setSecret} />
      <Deliveries webhook={data.id} />
    </Screen>
  );
}

function About({ webhook }: { webhook: Schemas["WebhookView"] }) {
  const t = useTexts(WEBHOOK_TEXTS);
  const { locale } = useLocale();
  const when = (instant: string | null) => (instant === null ? null : dateTime(instant, locale));
  return (
    <Facts
      of={[
        [t.url, webhook.url],
        [t.state, <OnOff key="state" webhook={webhook} />],
        [
          t.offBecause,
          webhook.disabled_at === null || webhook.disabled_reason === null ? null : (
            <Text key="why" size="sm">
              {webhook.disabled_reason}
            </Text>
          ),
        ],
        [t.events, webhook.types.length === 0 ? t.allEvents : webhook.types.join(", ")],
        [t.since, when(webhook.created_at)],
        [t.oldUntil, when(webhook.old_secret_until)],
        [t.id, webhook.id],
      ]}
    />
  );
}
