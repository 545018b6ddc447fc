import {
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { WEEKDAYS } from "../places/days.ts";
import { PLACE_TEXTS } from "../places/texts.ts";
import { type Rule, writeRule } from "./rule.ts";
import { RECURRING_TEXTS } from "./texts.ts";

interface RuleFieldsProps {
  rule: Rule;
  error: string | undefined;
  onChange: (rule: Rule) => void;
}

export function RuleFields({ error, onChange, rule }: RuleFieldsProps) {
  const t = useTexts(RECURRING_TEXTS);
  const days = useTexts(PLACE_TEXTS);
  return (
    <Fieldset legend={t.rule} p="xs">
      <Stack gap="xs">
        <NativeSelect
          label={t.ruleKind}
          value={rule.kind}
          data={[
            { value: "weekly", label: t.ruleWeekly },
            { value: "other", label: t.ruleOther },
          ]}
          onChange={(event) =>
            onChange(
              event.currentTarget.value === "weekly"
                ? { kind: "weekly", every: 1, days: ["MO"] }
                : { kind: "other", text: writeRule(rule) },
            )
          }
        />
        {rule.kind === "weekly" ? (
          <>
            <Group gap="sm">
              {WEEKDAYS.map((day) => (
                <Checkbox
                  key={day}
                  label={days[day]}
                  checked={rule.days.includes(day)}
                  onChange={(event) =>
                    onChange({
                      ...rule,
                      days: event.currentTarget.checked
                        ? [...rule.days, day]
                        : rule.days.filter((it) => it !== day),
                    })
                  }
                />
              ))}
            </Group>
            {rule.days.length === 0 ? (
              <Text size="sm" c="var(--mantine-color-error)">
                {t.noDays}
              </Text>
            ) : null}
            <NumberInput
              label={t.every}
              w={180}
              min={1}
              max={52}
              allowDecimal={false}
              value={rule.every}
              error={error}
              onChange={(every) => onChange({ ...rule, every: Number(every) || 1 })}
            />
          </>
        ) : (
          <TextInput
            label={t.ruleText}
            description={t.ruleWhat}
            required
            value={rule.text}
            error={error}
            onChange={(event) => onChange({ kind: "other", text: event.currentTarget.value })}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
