import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { WEEKDAYS, type Weekday } from "./days.ts";
import { PLACE_TEXTS } from "./texts.ts";

export interface Hours {
  day: Weekday;
  opens: string;
  closes: string;
}

interface HoursFieldsProps {
  hours: readonly Hours[];
  error: string | undefined;
  onChange: (hours: Hours[]) => void;
}

export function HoursFields({ error, hours, onChange }: HoursFieldsProps) {
  const t = useTexts(PLACE_TEXTS);
  const change = (index: number, next: Partial<Hours>) =>
    onChange(hours.map((it, at) => (at === index ? { ...it, ...next } : it)));
  const add = () => {
    const last = hours.at(-1);
    const day = WEEKDAYS[last === undefined ? 0 : (WEEKDAYS.indexOf(last.day) + 1) % 7] ?? "MO";
    onChange([...hours, { opens: last?.opens ?? "09:00", closes: last?.closes ?? "17:00", day }]);
  };
  return (
    <Fieldset legend={t.opening} p="xs">
      <Stack gap="xs">
        {hours.map((it, index) => (
          <Group key={index} gap="xs" align="end">
            <NativeSelect
              label={t.day}
              flex="1 1 110px"
              value={it.day}
              data={WEEKDAYS.map((value) => ({ value, label: t[value] }))}
              onChange={(event) => change(index, { day: event.currentTarget.value as Weekday })}
            />
            <TextInput
              type="time"
              label={t.opens}
              value={it.opens}
              onChange={(event) => change(index, { opens: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t.closes}
              value={it.closes}
              onChange={(event) => change(index, { closes: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t.removeHours(t[it.day])}
              onClick={() => onChange(hours.filter((_, at) => at !== index))}
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
        <Button variant="default" size="xs" style={{ alignSelf: "start" }} onClick={add}>
          {t.addHours}
        </Button>
      </Stack>
    </Fieldset>
  );
}
