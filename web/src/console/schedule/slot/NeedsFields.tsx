/** The room, the practitioner, and whatever else a slot takes from pools. */
import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
} from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Pool } from "./conflicts.ts";
import type { Terms } from "./draft.ts";
import { SLOT_TEXTS } from "./texts.ts";

interface NeedsFieldsProps {
  terms: Terms;
  pools: readonly Pool[];
  site: string;
  onChange: (change: Partial<Terms>) => void;
  errors: {
    room?: string | undefined;
    practitioner?: string | undefined;
    needs?: string | undefined;
  };
}

export function NeedsFields({ errors, onChange, pools, site, terms }: NeedsFieldsProps) {
  const t = useTexts(SLOT_TEXTS);
  // Those at home here come first; others can be lent.
  const sorted = pools.toSorted(
    (a, b) => Number(b.site === site) - Number(a.site === site) || a.name.localeCompare(b.name),
  );
  const of = (kind: Pool["kind"]) => [
    { value: "", label: t.nobody },
    ...sorted.filter((it) => it.kind === kind).map(({ id, name }) => ({ value: id, label: name })),
  ];
  const chosen = new Set([terms.room, terms.practitioner, ...terms.needs.map(({ pool }) => pool)]);
  const buffered = pools.filter(
    (pool) => chosen.has(pool.id) && pool.before_minutes + pool.after_minutes > 0,
  );
  const change = (index: number, next: Partial<Terms["needs"][number]>) =>
    onChange({ needs: terms.needs.map((it, at) => (at === index ? { ...it, ...next } : it)) });
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <NativeSelect
          label={t.room}
          data={of("room")}
          value={terms.room}
          error={errors.room}
          onChange={(event) => onChange({ room: event.currentTarget.value })}
        />
        <NativeSelect
          label={t.practitioner}
          data={of("practitioner")}
          value={terms.practitioner}
          error={errors.practitioner}
          onChange={(event) => onChange({ practitioner: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Fieldset legend={t.needs} p="xs">
        <Stack gap="xs">
          {terms.needs.map((need, index) => {
            const name = pools.find(({ id }) => id === need.pool)?.name ?? t.choose;
            return (
              <Group key={index} gap="xs" align="end" wrap="wrap">
                <NativeSelect
                  label={t.pool}
                  flex="1 1 150px"
                  value={need.pool}
                  data={[
                    { value: "", label: t.choose },
                    ...sorted
                      .filter(({ id }) => id === need.pool || !chosen.has(id))
                      .map(({ id, name: label }) => ({ value: id, label })),
                  ]}
                  onChange={(event) => change(index, { pool: event.currentTarget.value })}
                />
                <NumberInput
                  label={t.units}
                  w={84}
                  min={1}
                  allowDecimal={false}
                  value={need.units}
                  onChange={(units) => change(index, { units: Number(units) || 1 })}
                />
                <NativeSelect
                  label={t.per}
                  flex="1 1 150px"
                  value={need.per}
                  data={[
                    { value: "reservation", label: t.perReservation },
                    { value: "slot", label: t.perSlot },
                  ]}
                  onChange={(event) =>
                    change(index, {
                      per: event.currentTarget.value === "slot" ? "slot" : "reservation",
                    })
                  }
                />
                <ActionIcon
                  variant="default"
                  size="input-sm"
                  aria-label={t.removeNeed(name)}
                  onClick={() => onChange({ needs: terms.needs.filter((_, at) => at !== index) })}
                >
                  ×
                </ActionIcon>
              </Group>
            );
          })}
          {errors.needs === undefined ? null : (
            <Text size="sm" c="var(--mantine-color-error)">
              {errors.needs}
            </Text>
          )}
          <Button
            variant="default"
            size="xs"
            style={{ alignSelf: "start" }}
            onClick={() =>
              onChange({ needs: [...terms.needs, { pool: "", units: 1, per: "reservation" }] })
            }
          >
            {t.addNeed}
          </Button>
        </Stack>
      </Fieldset>
      {buffered.map(({ after_minutes: after, before_minutes: before, id, name }) => (
        <Text key={id} size="xs" c="dimmed">
          {t.buffers(name, before, after)}
        </Text>
      ))}
    </Stack>
  );
}
