/** How many, for how much, and how long a hold lasts. */
import { Group, NumberInput, SimpleGrid, TextInput } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { minorUnits } from "./amounts.ts";
import type { Terms } from "./draft.ts";
import { reasonFor } from "./refusals.ts";
import { SLOT_TEXTS } from "./texts.ts";

interface TermsFieldsProps {
  terms: Terms;
  onChange: (change: Partial<Terms>) => void;
  problem: Problem | null;
}

export function TermsFields({ onChange, problem, terms }: TermsFieldsProps) {
  const t = useTexts(SLOT_TEXTS);
  const isBad = terms.amount.trim() !== "" && minorUnits(terms.amount, terms.currency) === null;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
      <NumberInput
        label={t.capacity}
        description={t.capacityWhat}
        required
        min={0}
        allowDecimal={false}
        value={terms.capacity}
        error={reasonFor(problem, "capacity")}
        onChange={(capacity) => onChange({ capacity })}
      />
      <NumberInput
        label={t.perCustomer}
        description={t.perCustomerWhat}
        min={1}
        allowDecimal={false}
        value={terms.perCustomer}
        error={reasonFor(problem, "max_per_customer")}
        onChange={(perCustomer) => onChange({ perCustomer })}
      />
      <NumberInput
        label={t.ttl}
        description={t.ttlWhat}
        min={1}
        allowDecimal={false}
        value={terms.ttl}
        error={reasonFor(problem, "hold_ttl_seconds")}
        onChange={(ttl) => onChange({ ttl })}
      />
      <Group gap="xs" align="start" wrap="nowrap">
        <TextInput
          label={t.price}
          description={t.priceWhat}
          inputMode="decimal"
          value={terms.amount}
          error={isBad ? t.priceBad : reasonFor(problem, "price")}
          onChange={(event) => onChange({ amount: event.currentTarget.value })}
          flex={1}
        />
        <TextInput
          label={t.currency}
          description="ISO 4217"
          value={terms.currency}
          maxLength={3}
          w={88}
          onChange={(event) => onChange({ currency: event.currentTarget.value.toUpperCase() })}
        />
      </Group>
    </SimpleGrid>
  );
}
