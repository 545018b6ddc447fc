import { Button, Text } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import type { Kind } from "./kinds.ts";
import { readTemplate, type Template } from "./queries.ts";
import { isShipped } from "./templates.ts";
import { TEMPLATE_TEXTS } from "./templateTexts.ts";

interface RestoreButtonProps {
  kind: Kind;
  language: string;
  /** What is used now; `null` where nothing comes with Firmhold. */
  onRestored: (now: Template | null) => void;
}

/** Do without one's own words. Where none come with Firmhold, that deletes the template. */
export function RestoreButton({ kind, language, onRestored }: RestoreButtonProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  const [asked, setAsked] = useState(false);
  const restore = useIntent<void, Template | null>({
    run: async (key) => {
      await done(
        api.DELETE("/v1/notifications/templates/{kind}/{language}", {
          params: { path: { kind, language }, header: { "Idempotency-Key": key } },
        }),
      );
      return readTemplate(kind, language);
    },
    onDone: (now) => {
      setAsked(false);
      onRestored(now);
    },
  });
  const [ask, title, what, act] = isShipped(language)
    ? [t.restore, t.restoreTitle, t.restoreWhat, t.restoreIt]
    : [t.remove, t.removeTitle, t.removeWhat, t.removeIt];
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsked(true)}>
        {ask}
      </Button>
      <FormDialog
        opened={asked}
        title={title}
        action={act}
        danger
        pending={restore.pending}
        problem={restore.problem}
        onRepeat={restore.repeat}
        onSubmit={() => restore.start()}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">{what}</Text>
      </FormDialog>
    </>
  );
}
