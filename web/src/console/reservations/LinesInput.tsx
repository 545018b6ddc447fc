import { ActionIcon, Button, Group, NumberInput, Stack } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { fieldError } from "../parts/fieldError.ts";
import type { LineInput } from "./acts.ts";
import { OfferingInput } from "./OfferingInput.tsx";
import { NEW_TEXTS } from "./texts.ts";

/** With a key of its own, so that removing one leaves the others alone. */
export interface DraftLine extends LineInput {
  key: string;
}

export function draftLine(offering = "", quantity = 1): DraftLine {
  return { key: crypto.randomUUID(), offering, quantity };
}

interface LinesInputProps {
  lines: DraftLine[];
  problem: Problem | null;
  onChange: (lines: DraftLine[]) => void;
}

export function LinesInput({ lines, onChange, problem }: LinesInputProps) {
  const t = useTexts(NEW_TEXTS);
  const change = (key: string, more: Partial<LineInput>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...more } : line)));
  return (
    <Stack gap="sm">
      {lines.map((line, index) => (
        <Group key={line.key} gap="xs" align="end" wrap="nowrap">
          <Stack gap={0} style={{ flex: 1, minWidth: 0 }}>
            <OfferingInput
              label={t.line(index + 1)}
              description={t.lineWhat}
              value={line.offering}
              error={errorOf(problem, index)}
              onChange={(offering) => change(line.key, { offering })}
            />
          </Stack>
          <NumberInput
            label={t.units}
            min={1}
            allowDecimal={false}
            required
            w={90}
            value={line.quantity}
            onChange={(value) => change(line.key, { quantity: Number(value) })}
          />
          {lines.length === 1 ? null : (
            <ActionIcon
              variant="default"
              size={34}
              aria-label={t.remove(index + 1)}
              onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}
            >
              ×
            </ActionIcon>
          )}
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ alignSelf: "start" }}
        onClick={() => onChange([...lines, draftLine()])}
      >
        {t.add}
      </Button>
    </Stack>
  );
}

/** A refusal that is about one line says which. */
function errorOf(problem: Problem | null, index: number): string | undefined {
  if (problem?.facts.line === index) return problem.detail;
  return fieldError(problem, `lines[${index}]`);
}
