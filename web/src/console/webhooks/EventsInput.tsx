import { Checkbox, Group, Radio, Stack } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { WEBHOOK_TEXTS } from "./texts.ts";
import { GROUPS, TYPES } from "./types.ts";

interface EventsInputProps {
  all: boolean;
  chosen: readonly string[];
  error: string | undefined;
  onChange: (all: boolean, chosen: string[]) => void;
}

/** All kinds of events, those that there will be as well, or a choice. */
export function EventsInput({ all, chosen, error, onChange }: EventsInputProps) {
  const t = useTexts(WEBHOOK_TEXTS);
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t.events}
        error={error}
        value={all ? "all" : "some"}
        onChange={(value) => onChange(value === "all", [...chosen])}
      >
        <Group gap="md" mt={4}>
          <Radio value="all" label={t.allEvents} />
          <Radio value="some" label={t.someEvents} />
        </Group>
      </Radio.Group>
      {all
        ? null
        : GROUPS.map((group) => (
            <Checkbox.Group
              key={group}
              label={t[group]}
              value={[...chosen]}
              onChange={(value) => onChange(false, value)}
            >
              <Group gap="sm" mt={4}>
                {TYPES[group].map((type) => (
                  <Checkbox key={type} value={type} label={type.split(".")[1] ?? type} />
                ))}
              </Group>
            </Checkbox.Group>
          ))}
    </Stack>
  );
}
