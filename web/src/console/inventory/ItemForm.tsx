/** Everything about an item that is typed. Its stock is changed elsewhere, once there is some. */
import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { ownZone } from "@shared/format/time.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { check, type Draft, type DraftField, digitsOf, fieldOf } from "./draft.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

interface ItemFormProps {
  initial: Draft;
  isNew: boolean;
  action: string;
  pending: boolean;
  problem: Problem | null;
  onSubmit: (draft: Draft) => void;
  onRepeat: () => void;
  cancel: ReactNode;
}

export function ItemForm(props: ItemFormProps) {
  const { action, cancel, initial, isNew, onRepeat, onSubmit, pending, problem } = props;
  const t = useTexts(INVENTORY_TEXTS);
  const [draft, setDraft] = useState(initial);
  const [own, setOwn] = useState<Partial<Record<DraftField, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const refused = problem?.code === "already_exists" ? "sku" : fieldOf(problem?.facts.field);
  const set = (field: DraftField) => (value: string | number) =>
    setDraft((old) => ({ ...old, [field]: value }));
  const errorOf = (field: DraftField): string | undefined => {
    if (own[field] !== undefined) return own[field];
    if (problem === null || refused !== field) return undefined;
    return problem.code === "already_exists" ? t.skuTaken : String(problem.facts.reason);
  };
  const text = (field: DraftField, label: string, description?: string) => ({
    label,
    description,
    value: String(draft[field]),
    error: errorOf(field),
    onChange: (event: { currentTarget: { value: string } }) =>
      set(field)(event.currentTarget.value),
  });
  const number = (field: DraftField, label: string, description?: string) => ({
    label,
    description,
    value: draft[field],
    error: errorOf(field),
    onChange: set(field),
    min: 0,
    allowNegative: false,
    allowDecimal: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = Object.entries(check(draft)).map(([field, what]) => [field, t[what]] as const);
    setOwn(Object.fromEntries(found));
    if (found.length === 0) onSubmit(draft);
    // Once the fields say so themselves.
    else setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const zone = t.inZone(ownZone());

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack maw={720}>
        <Fieldset legend={t.what}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput
              {...text("name", t.name, t.nameWhat)}
              required
              maxLength={200}
              data-autofocus
            />
            {isNew ? (
              <TextInput {...text("sku", t.sku, t.skuWhat)} required maxLength={64} />
            ) : (
              <TextInput label={t.sku} value={draft.sku} disabled description={t.skuFixed} />
            )}
          </SimpleGrid>
          <Textarea {...text("description", t.description)} autosize minRows={2} mt="sm" />
          {isNew ? (
            <NumberInput {...number("capacity", t.capacity, t.capacityWhat)} required mt="sm" />
          ) : null}
        </Fieldset>
        <Fieldset legend={t.sale}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput
              {...number("price", t.price, t.priceWhat)}
              allowDecimal
              decimalScale={digitsOf(draft.currency)}
            />
            <TextInput {...text("currency", t.currency, t.currencyWhat)} maxLength={3} />
            <TextInput {...text("sale_starts_at", t.saleStarts, zone)} type="datetime-local" />
            <TextInput {...text("sale_ends_at", t.saleEnds, zone)} type="datetime-local" />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend={t.limits}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput {...number("min_quantity", t.minQuantity, t.minWhat)} min={1} />
            <NumberInput {...number("max_quantity", t.maxQuantity, t.emptyNoLimit)} min={1} />
            <NumberInput
              {...number("max_per_customer", t.maxPerCustomer, t.emptyNoLimit)}
              min={1}
            />
            <NumberInput {...number("hold_ttl_seconds", t.holdTtl, t.holdTtlWhat)} min={1} />
          </SimpleGrid>
        </Fieldset>
        {problem === null || refused !== null ? null : (
          <ErrorState error={problem} onRepeat={problem.transient ? onRepeat : undefined} />
        )}
        <Group>
          <Button type="submit" loading={pending}>
            {action}
          </Button>
          {cancel}
        </Group>
      </Stack>
    </form>
  );
}
