import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { PLACE_TEXTS } from "./texts.ts";

type Blackout = Schemas["Blackout"];

export interface BlackoutDraft {
  starts: string;
  ends: string;
  reason: string;
}

/** A date of the server's means its midnight; the field wants a time beside it. */
export function blackoutDraft({ ends, reason, starts }: Blackout): BlackoutDraft {
  const local = (time: string) => (time.includes("T") ? time.slice(0, 16) : `${time}T00:00`);
  return { starts: local(starts), ends: local(ends), reason: reason ?? "" };
}

/** `null` if it does not make sense. */
export function blackoutRequest({ ends, reason, starts }: BlackoutDraft): Blackout | null {
  if (starts === "" || ends === "" || ends <= starts) return null;
  return { starts, ends, reason: reason.trim() || null };
}

interface BlackoutFieldsProps {
  blackouts: readonly BlackoutDraft[];
  tried: boolean;
  error: string | undefined;
  onChange: (blackouts: BlackoutDraft[]) => void;
}

export function BlackoutFields({ blackouts, error, onChange, tried }: BlackoutFieldsProps) {
  const t = useTexts(PLACE_TEXTS);
  const change = (index: number, next: Partial<BlackoutDraft>) =>
    onChange(blackouts.map((it, at) => (at === index ? { ...it, ...next } : it)));
  return (
    <Fieldset legend={t.blackouts} p="xs">
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {t.blackoutsWhat}
        </Text>
        {blackouts.map((it, index) => (
          <Group key={index} gap="xs" align="end">
            <TextInput
              type="datetime-local"
              label={t.from}
              flex="1 1 180px"
              value={it.starts}
              onChange={(event) => change(index, { starts: event.currentTarget.value })}
            />
            <TextInput
              type="datetime-local"
              label={t.to}
              flex="1 1 180px"
              value={it.ends}
              error={tried && blackoutRequest(it) === null ? t.blackoutBad : undefined}
              onChange={(event) => change(index, { ends: event.currentTarget.value })}
            />
            <TextInput
              label={t.reason}
              flex="1 1 140px"
              maxLength={200}
              value={it.reason}
              onChange={(event) => change(index, { reason: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t.removeBlackout}
              onClick={() => onChange(blackouts.filter((_, at) => at !== index))}
            >
              ×
            </ActionIcon>
          </Group>
        ))}
        {error === undefined ? null : (
          <Text size="sm" c="var(--mantine-color-error)">
            {error}
          </Text>
        )}
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: "start" }}
          onClick={() => onChange([...blackouts, { starts: "", ends: "", reason: "" }])}
        >
          {t.addBlackout}
        </Button>
      </Stack>
    </Fieldset>
  );
}
