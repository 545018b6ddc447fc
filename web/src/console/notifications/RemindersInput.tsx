import { ActionIcon, Button, Fieldset, Group, NumberInput, Stack, Text } from "@mantine/core";
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { fieldError } from "../parts/fieldError.ts";
import { MOST_REMINDERS, oneMore } from "./settings.ts";
import { SETTINGS_TEXTS } from "./settingsTexts.ts";
import { inWords } from "./words.ts";

interface RemindersInputProps {
  minutes: readonly (number | string)[];
  problem: Problem | null;
  onChange: (minutes: (number | string)[]) => void;
}

/** Times before a slot, in minutes, with the same in words beside them. */
export function RemindersInput({ minutes, onChange, problem }: RemindersInputProps) {
  const t = useTexts(SETTINGS_TEXTS);
  const { locale } = useLocale();
  const isAboutAll = isProblem(problem) && problem.facts.field === "reminder_minutes";
  return (
    <Fieldset legend={t.reminders} p="xs">
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {t.remindersWhat}
        </Text>
        {minutes.length === 0 ? <Text size="sm">{t.noReminders}</Text> : null}
        {minutes.map((value, index) => {
          const words = inWords(60 * Number(value), locale);
          return (
            // They have nothing but their order.
            <Group key={index} gap="xs" align="start" wrap="nowrap">
              <NumberInput
                aria-label={t.reminderOf(index + 1)}
                size="xs"
                flex="0 0 130px"
                required
                min={1}
                allowDecimal={false}
                value={value}
                error={fieldError(problem, `reminder_minutes[${index}]`)}
                onChange={(next) => onChange(minutes.map((it, at) => (at === index ? next : it)))}
              />
              <ActionIcon
                variant="default"
                size="input-xs"
                aria-label={t.remove(index + 1)}
                onClick={() => onChange(minutes.filter((_, at) => at !== index))}
              >
                ×
              </ActionIcon>
              <Text size="sm" mt={5}>
                {words === "" ? "" : t.before(words)}
              </Text>
            </Group>
          );
        })}
        {isAboutAll ? (
          <Text size="sm" role="alert" c="var(--mantine-color-error)">
            {problem.detail}
          </Text>
        ) : null}
        {minutes.length < MOST_REMINDERS ? (
          <Button
            variant="default"
            size="xs"
            style={{ alignSelf: "start" }}
            onClick={() => onChange([...minutes, oneMore(minutes)])}
          >
            {t.add}
          </Button>
        ) : null}
      </Stack>
    </Fieldset>
  );
}
