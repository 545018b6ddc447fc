import { Button, Group, NativeSelect, NumberInput, Stack, TextInput } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Site } from "../queries.ts";
import { KINDS, type Kind } from "../routes.ts";
import type { Pool } from "../slot/conflicts.ts";
import { fieldOf, reasonFor } from "../slot/refusals.ts";
import { SlotModal } from "../slot/SlotModal.tsx";
import { PLACE_TEXTS } from "./texts.ts";

interface PoolFormProps {
  pool: Pool | null;
  sites: readonly Site[];
  onClose: () => void;
}

const FIELDS = ["name", "units", "before_minutes", "after_minutes"];

export function PoolForm({ onClose, pool, sites }: PoolFormProps) {
  const t = useTexts(PLACE_TEXTS);
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>(pool?.kind ?? "room");
  const [name, setName] = useState(pool?.name ?? "");
  const [units, setUnits] = useState<number | string>(pool?.units ?? 1);
  const [site, setSite] = useState(pool?.site ?? "");
  const [before, setBefore] = useState<number | string>(pool?.before_minutes ?? 0);
  const [after, setAfter] = useState<number | string>(pool?.after_minutes ?? 0);
  const [tried, setTried] = useState(false);
  const save = useIntent({
    run: (key) => {
      const header = { "Idempotency-Key": key };
      const body = {
        name: name.trim(),
        units: kind === "equipment" ? Number(units) : 1,
        site: site || null,
        before_minutes: Number(before),
        after_minutes: Number(after),
      };
      return pool === null
        ? done(api.POST("/v1/pools", { params: { header }, body: { ...body, kind } }))
        : done(
            api.PATCH("/v1/pools/{pool}", { params: { header, path: { pool: pool.id } }, body }),
          );
    },
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["pools"] });
      void client.invalidateQueries({ queryKey: ["offerings"] });
      onClose();
    },
  });
  const { problem } = save;
  const isTaken: boolean = isProblem(problem, "already_exists");
  const isBelow: boolean = isProblem(problem, "capacity_below_reserved");
  const field = fieldOf(problem);
  const isPlaced = isTaken || isBelow || (field !== null && FIELDS.includes(field));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "") save.start();
  };
  return (
    <SlotModal title={pool === null ? t.newPool : t.change(pool.name)} onClose={onClose} size="md">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {pool === null ? (
            <NativeSelect
              label={t.kind}
              description={t.kindWhat}
              value={kind}
              data={KINDS.map((value) => ({ value, label: t[value] }))}
              onChange={(event) => setKind(event.currentTarget.value as Kind)}
            />
          ) : null}
          <TextInput
            label={t.name}
            required
            data-autofocus
            maxLength={200}
            value={name}
            error={
              tried && name.trim() === ""
                ? t.nameMissing
                : isTaken
                  ? t.nameTaken
                  : reasonFor(problem, "name")
            }
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {kind === "equipment" ? (
            <NumberInput
              label={t.units}
              min={0}
              allowDecimal={false}
              value={units}
              error={isBelow ? t.unitsBelow : reasonFor(problem, "units")}
              onChange={setUnits}
            />
          ) : null}
          <NativeSelect
            label={t.homeSite}
            value={site}
            data={[
              { value: "", label: t.anywhere },
              ...sites.map(({ id, name: label }) => ({ value: id, label })),
            ]}
            onChange={(event) => setSite(event.currentTarget.value)}
          />
          <NumberInput
            label={t.before}
            min={0}
            max={1440}
            allowDecimal={false}
            value={before}
            error={reasonFor(problem, "before_minutes")}
            onChange={setBefore}
          />
          <NumberInput
            label={t.after}
            min={0}
            max={1440}
            allowDecimal={false}
            value={after}
            error={reasonFor(problem, "after_minutes")}
            onChange={setAfter}
          />
          {problem === null || isPlaced ? null : (
            <ErrorState error={problem} onRepeat={problem.transient ? save.repeat : undefined} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.back}
            </Button>
            <Button type="submit" disabled={save.pending}>
              {save.pending ? t.saving : t.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </SlotModal>
  );
}
