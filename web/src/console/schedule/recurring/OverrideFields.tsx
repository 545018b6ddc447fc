import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { OverrideDraft } from "./plan.ts";
import { RECURRING_TEXTS } from "./texts.ts";

interface OverrideFieldsProps {
  overrides: readonly OverrideDraft[];
  error: string | undefined;
  onChange: (overrides: OverrideDraft[]) => void;
}

export function OverrideFields({ error, onChange, overrides }: OverrideFieldsProps) {
  const t = useTexts(RECURRING_TEXTS);
  const change = (index: number, next: Partial<OverrideDraft>) =>
    onChange(overrides.map((it, at) => (at === index ? { ...it, ...next } : it)));
  return (
    <Fieldset legend={t.overrides} p="xs">
      <Stack gap="xs">
        {overrides.map((it, index) => (
          <Group key={index} gap="xs" align="end">
            <TextInput
              type="date"
              label={t.on}
              value={it.on}
              onChange={(event) => change(index, { on: event.currentTarget.value })}
            />
            {it.closed ? null : (
              <>
                <TextInput
                  type="time"
                  label={t.from}
                  value={it.from}
                  onChange={(event) => change(index, { from: event.currentTarget.value })}
                />
                <TextInput
                  type="time"
                  label={t.to}
                  value={it.to}
                  onChange={(event) => change(index, { to: event.currentTarget.value })}
                />
              </>
            )}
            <Checkbox
              label={t.closedDay}
              checked={it.closed}
              pb={6}
              onChange={(event) => change(index, { closed: event.currentTarget.checked })}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t.removeOverride(it.on)}
              onClick={() => onChange(overrides.filter((_, at) => at !== index))}
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
          onClick={() =>
            onChange([...overrides, { on: "", closed: true, from: "09:00", to: "17:00" }])
          }
        >
          {t.addOverride}
        </Button>
      </Stack>
    </Fieldset>
  );
}
