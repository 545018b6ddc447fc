import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Stretch } from "./plan.ts";
import { RECURRING_TEXTS } from "./texts.ts";

interface StretchFieldsProps {
  legend: string;
  add: string;
  /** What a new one begins with. */
  initial: Stretch;
  stretches: readonly Stretch[];
  error: string | undefined;
  onChange: (stretches: Stretch[]) => void;
}

export function StretchFields(props: StretchFieldsProps) {
  const { add, error, initial, legend, onChange, stretches } = props;
  const t = useTexts(RECURRING_TEXTS);
  const change = (index: number, next: Partial<Stretch>) =>
    onChange(stretches.map((it, at) => (at === index ? { ...it, ...next } : it)));
  return (
    <Fieldset legend={legend} p="xs">
      <Stack gap="xs">
        {stretches.map(({ from, to }, index) => (
          <Group key={index} gap="xs" align="end">
            <TextInput
              type="time"
              label={t.from}
              value={from}
              onChange={(event) => change(index, { from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t.to}
              value={to}
              onChange={(event) => change(index, { to: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t.remove(from, to)}
              onClick={() => onChange(stretches.filter((_, at) => at !== index))}
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
          onClick={() => onChange([...stretches, initial])}
        >
          {add}
        </Button>
      </Stack>
    </Fieldset>
  );
}
