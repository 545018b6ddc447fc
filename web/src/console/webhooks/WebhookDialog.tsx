import { Text, TextInput } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { fieldError } from "../parts/fieldError.ts";
import { PART_TEXTS } from "../parts/texts.ts";
import { useOnce } from "../parts/useOnce.ts";
import { EventsInput } from "./EventsInput.tsx";
import { WEBHOOK_TEXTS } from "./texts.ts";

type Webhook = Schemas["WebhookView"];
type NewWebhook = Schemas["NewWebhookView"];

interface WebhookDialogProps {
  /** `null`: a new one. */
  webhook: Webhook | null;
  onMade: (made: NewWebhook) => void;
  onSaved: (webhook: Webhook) => void;
  onClose: () => void;
}

export function WebhookDialog({ onClose, onMade, onSaved, webhook }: WebhookDialogProps) {
  const t = useTexts(WEBHOOK_TEXTS);
  const part = useTexts(PART_TEXTS);
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [all, setAll] = useState((webhook?.types ?? []).length === 0);
  const [chosen, setChosen] = useState<string[]>(webhook?.types ?? []);
  const [tried, setTried] = useState(false);
  const make = useOnce<Schemas["WebhookRequest"], NewWebhook>({
    run: (body) => done(api.POST("/v1/webhooks", { body })),
    onDone: onMade,
  });
  const change = useIntent<Schemas["WebhookChange"], Webhook>({
    run: (key, body) =>
      done(
        api.PATCH("/v1/webhooks/{webhook}", {
          params: { path: { webhook: webhook?.id ?? "" }, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    onDone: onSaved,
  });
  const problem = make.problem ?? change.problem;
  const missing = !all && chosen.length === 0;
  const submit = () => {
    setTried(true);
    if (missing) return;
    const body = {
      url: url.trim(),
      description: description.trim() || null,
      types: all ? [] : chosen,
    };
    if (webhook === null) make.start(body);
    else change.start(body);
  };
  return (
    <FormDialog
      opened
      title={webhook === null ? t.make : t.editTitle}
      action={webhook === null ? t.makeIt : t.save}
      pending={make.pending || change.pending}
      problem={problem}
      atField={fieldError(problem, "url", "types", "description") !== undefined}
      onRepeat={webhook === null ? undefined : change.repeat}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t.url}
        description={t.urlWhat}
        required
        type="url"
        maxLength={2000}
        value={url}
        error={fieldError(problem, "url")}
        onChange={(event) => setUrl(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t.description}
        maxLength={200}
        value={description}
        error={fieldError(problem, "description")}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <EventsInput
        all={all}
        chosen={chosen}
        error={tried && missing ? t.noEvents : fieldError(problem, "types")}
        onChange={(every, some) => {
          setAll(every);
          setChosen(some);
        }}
      />
      {make.unsure ? <Text size="sm">{part.unsure}</Text> : null}
    </FormDialog>
  );
}
