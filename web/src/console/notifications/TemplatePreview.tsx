/** What customers would read, and what can be named in a template. */
import { Paper, Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { Facts } from "../parts/Facts.tsx";
import type { Kind } from "./kinds.ts";
import { placesOf } from "./templates.ts";
import { TEMPLATE_TEXTS } from "./templateTexts.ts";

interface TemplatePreviewProps {
  /** `null` where it cannot be filled in, `undefined` as long as nothing was heard. */
  shown: Schemas["RenderedView"] | null | undefined;
  language: string;
  error: unknown;
  onRepeat: () => void;
}

export function TemplatePreview({ error, language, onRepeat, shown }: TemplatePreviewProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  return (
    <Stack component="section" gap="xs" aria-label={t.preview}>
      <Title order={3} size="h5">
        {t.preview}
      </Title>
      {error !== null ? (
        <ErrorState error={error} onRepeat={onRepeat} />
      ) : shown === undefined ? (
        <LoadingState rows={1} height={160} />
      ) : shown === null ? (
        <Text size="sm" c="dimmed">
          {t.noPreview}
        </Text>
      ) : (
        <Paper withBorder p="sm" lang={language} dir="auto">
          <Text size="sm" fw={600} mb="xs" dir="auto">
            {shown.subject}
          </Text>
          <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
            {shown.text}
          </Text>
        </Paper>
      )}
    </Stack>
  );
}

export function Places({ kind }: { kind: Kind }) {
  const t = useTexts(TEMPLATE_TEXTS);
  return (
    <Stack component="section" gap="xs" aria-label={t.places}>
      <Title order={3} size="h5">
        {t.places}
      </Title>
      <Text size="sm" c="dimmed">
        {t.placesWhat}
      </Text>
      <Facts of={placesOf(kind).map((it) => [`{${it}}`, t[`place_${it}`]] as const)} />
    </Stack>
  );
}
