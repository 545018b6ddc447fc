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
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Site } from "../queries.ts";
import { fieldOf, reasonFor } from "../slot/refusals.ts";
import { SlotModal } from "../slot/SlotModal.tsx";
import {
  type BlackoutDraft,
  BlackoutFields,
  blackoutDraft,
  blackoutRequest,
} from "./BlackoutFields.tsx";
import { type Hours, HoursFields } from "./HoursFields.tsx";
import { PLACE_TEXTS } from "./texts.ts";

const FIELDS = ["name", "zone", "address", "slot_minutes", "opening_hours", "blackouts"];
const ZONES = Intl.supportedValuesOf("timeZone");

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone }).format(0);
    return true;
  } catch {
    return false;
  }
}

export function SiteForm({ onClose, site }: { site: Site | null; onClose: () => void }) {
  const t = useTexts(PLACE_TEXTS);
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => ({
    name: site?.name ?? "",
    zone: site?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    address: site?.address ?? "",
    minutes: (site?.slot_minutes ?? 30) as number | string,
    hours: (site?.opening_hours ?? []) as Hours[],
    blackouts: (site?.blackouts ?? []).map(blackoutDraft) as BlackoutDraft[],
    horizon: (site?.horizon_days ?? "") as number | string,
    notice: (site?.notice_minutes ?? "") as number | string,
    cutoff: (site?.cutoff_minutes ?? "") as number | string,
  }));
  const change = (next: Partial<typeof draft>) => setDraft({ ...draft, ...next });
  const [tried, setTried] = useState(false);
  const blackouts = draft.blackouts.map(blackoutRequest);
  const save = useIntent({
    run: (key) => {
      const header = { "Idempotency-Key": key };
      const optional = (value: number | string) => (value === "" ? null : Number(value));
      const body = {
        name: draft.name.trim(),
        zone: draft.zone.trim(),
        address: draft.address.trim() || null,
        slot_minutes: Number(draft.minutes),
        opening_hours: draft.hours,
        blackouts: blackouts.filter((it) => it !== null),
        horizon_days: optional(draft.horizon),
        notice_minutes: optional(draft.notice),
        cutoff_minutes: optional(draft.cutoff),
      };
      return site === null
        ? done(api.POST("/v1/sites", { params: { header }, body }))
        : done(
            api.PATCH("/v1/sites/{site}", { params: { header, path: { site: site.id } }, body }),
          );
    },
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["sites"] });
      void client.invalidateQueries({ queryKey: ["offerings"] });
      onClose();
    },
  });
  const { problem } = save;
  const isTaken: boolean = isProblem(problem, "already_exists");
  const field = fieldOf(problem);
  const isPlaced = isTaken || (field !== null && FIELDS.includes(field));
  const isWhole =
    draft.name.trim() !== "" && isZone(draft.zone.trim()) && !blackouts.includes(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isWhole) save.start();
  };
  return (
    <SlotModal title={site === null ? t.newSite : t.change(site.name)} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t.name}
            required
            data-autofocus
            maxLength={200}
            value={draft.name}
            error={
              tried && draft.name.trim() === ""
                ? t.nameMissing
                : isTaken
                  ? t.nameTaken
                  : reasonFor(problem, "name")
            }
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t.zone}
            description={t.zoneWhat}
            required
            list="firmhold-zones"
            value={draft.zone}
            error={tried && !isZone(draft.zone.trim()) ? t.zoneBad : reasonFor(problem, "zone")}
            onChange={(event) => change({ zone: event.currentTarget.value })}
          />
          <datalist id="firmhold-zones">
            {ZONES.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </datalist>
          <Textarea
            label={t.address}
            autosize
            value={draft.address}
            error={reasonFor(problem, "address")}
            onChange={(event) => change({ address: event.currentTarget.value })}
          />
          <HoursFields
            hours={draft.hours}
            error={reasonFor(problem, "opening_hours")}
            onChange={(hours) => change({ hours })}
          />
          <BlackoutFields
            blackouts={draft.blackouts}
            tried={tried}
            error={reasonFor(problem, "blackouts")}
            onChange={(next) => change({ blackouts: next })}
          />
          <Fieldset legend={t.booking} p="xs">
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" style={{ alignItems: "end" }}>
              <NumberInput
                label={t.slotMinutes}
                min={1}
                max={1440}
                allowDecimal={false}
                value={draft.minutes}
                error={reasonFor(problem, "slot_minutes")}
                onChange={(minutes) => change({ minutes })}
              />
              {(["horizon", "notice", "cutoff"] as const).map((name) => (
                <NumberInput
                  key={name}
                  label={t[name]}
                  description={t.asOrganization}
                  min={name === "horizon" ? 1 : 0}
                  allowDecimal={false}
                  value={draft[name]}
                  onChange={(value) => change({ [name]: value })}
                />
              ))}
            </SimpleGrid>
          </Fieldset>
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
