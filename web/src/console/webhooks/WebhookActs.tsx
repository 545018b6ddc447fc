import { Button, Group, Text } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { PART_TEXTS } from "../parts/texts.ts";
import { useOnce } from "../parts/useOnce.ts";
import { WEBHOOK_TEXTS } from "./texts.ts";
import { WebhookDialog } from "./WebhookDialog.tsx";

type Webhook = Schemas["WebhookView"];

interface WebhookActsProps {
  webhook: Webhook;
  onSecret: (secret: string) => void;
}

export function WebhookActs({ onSecret, webhook }: WebhookActsProps) {
  const t = useTexts(WEBHOOK_TEXTS);
  const part = useTexts(PART_TEXTS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"edit" | "rotate" | "remove" | null>(null);
  const path = { webhook: webhook.id };
  const refresh = () => {
    setDialog(null);
    void client.invalidateQueries({ queryKey: ["webhooks"] });
  };
  const turn = useIntent<boolean, Webhook>({
    run: (key, enabled) =>
      done(
        api.PATCH("/v1/webhooks/{webhook}", {
          params: { path, header: { "Idempotency-Key": key } },
          body: { enabled },
        }),
      ),
    onDone: refresh,
  });
  const rotate = useOnce<void, Schemas["NewWebhookView"]>({
    run: () => done(api.POST("/v1/webhooks/{webhook}/rotate-secret", { params: { path } })),
    onDone: ({ secret }) => {
      onSecret(secret);
      refresh();
    },
  });
  const remove = useIntent<void, unknown>({
    run: (key) =>
      done(
        api.DELETE("/v1/webhooks/{webhook}", {
          params: { path, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: () => {
      void navigate({ to: "/webhooks" });
      client.removeQueries({ queryKey: ["webhooks", webhook.id] });
      void client.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const isOn = webhook.disabled_at === null;
  return (
    <>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => setDialog("edit")}>
          {t.edit}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={turn.pending}
          onClick={() => turn.start(!isOn)}
        >
          {isOn ? t.turnOff : t.turnOn}
        </Button>
        <Button size="xs" variant="default" onClick={() => setDialog("rotate")}>
          {t.rotate}
        </Button>
        <Button size="xs" variant="default" onClick={() => setDialog("remove")}>
          {t.remove}
        </Button>
      </Group>
      {isOn ? null : (
        <Text size="sm" c="dimmed">
          {t.turnOffWhat}
        </Text>
      )}
      {turn.problem === null ? null : (
        <ErrorState
          error={turn.problem}
          onRepeat={turn.problem.transient ? turn.repeat : undefined}
        />
      )}
      {dialog === "edit" ? (
        <WebhookDialog
          webhook={webhook}
          onMade={() => undefined}
          onSaved={refresh}
          onClose={() => setDialog(null)}
        />
      ) : null}
      <FormDialog
        opened={dialog === "rotate"}
        title={t.rotateTitle}
        action={t.rotateIt}
        pending={rotate.pending}
        problem={rotate.problem}
        onSubmit={() => rotate.start()}
        onClose={() => setDialog(null)}
      >
        <Text size="sm">{t.rotateWhat}</Text>
        {rotate.unsure ? <Text size="sm">{part.unsure}</Text> : null}
      </FormDialog>
      <FormDialog
        opened={dialog === "remove"}
        title={t.removeTitle}
        action={t.removeIt}
        danger
        pending={remove.pending}
        problem={remove.problem}
        onRepeat={remove.repeat}
        onSubmit={() => remove.start()}
        onClose={() => setDialog(null)}
      >
        <Text size="sm">{t.removeWhat}</Text>
      </FormDialog>
    </>
  );
}
