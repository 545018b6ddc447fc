/** A slot as a form: the same to make one and to change one. */
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useState } from "react";
import { type Site, type Slot, usePools } from "../queries.ts";
import { dayAndClock } from "../time/words.ts";
import { minorUnits } from "./amounts.ts";
import { ConflictNotes, useBusyText } from "./ConflictNotes.tsx";
import { atOf, type Draft, needsOf } from "./draft.ts";
import { NeedsFields } from "./NeedsFields.tsx";
import { fieldOf, reasonFor } from "./refusals.ts";
import { TermsFields } from "./TermsFields.tsx";
import { SLOT_TEXTS } from "./texts.ts";
import { useConflicts } from "./useConflicts.ts";
import { WhenFields } from "./WhenFields.tsx";

interface SlotFormProps {
  site: Pick<Site, "id" | "zone">;
  initial: Draft;
  /** The slot that is changed; its time and place stay. */
  slot: Slot | null;
  pending: boolean;
  problem: Problem | null;
  onSave: (draft: Draft) => void;
  onRepeat: () => void;
  onBack: () => void;
}

/** Members that have a field here; refusals about others are shown above the buttons. */
const FIELDS = [
  "title",
  "description",
  "starts_at",
  "ends_at",
  "minutes",
  "capacity",
  "max_per_customer",
  "hold_ttl_seconds",
  "price",
  "room",
  "practitioner",
  "requirements",
];

export function SlotForm(props: SlotFormProps) {
  const { initial, onBack, onRepeat, onSave, pending, problem, site, slot } = props;
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const busy = useBusyText(site.zone)(problem);
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const { data: pools = [] } = usePools();
  const change = (next: Partial<Draft>) => setDraft({ ...draft, ...next });
  const [start, end] = [atOf(draft.start, site.zone), atOf(draft.end, site.zone)];
  const needs = needsOf(draft);
  const { checking, conflicts } = useConflicts({ needs, start, end, own: slot?.id ?? null });

  const isPriced = draft.amount.trim() === "" || minorUnits(draft.amount, draft.currency) !== null;
  const isWhole =
    draft.title.trim() !== "" && start !== null && end !== null && start < end && isPriced;
  const isTimeless = start === null ? t.noTime : undefined;
  const isEndless =
    end === null ? t.noTime : start !== null && end <= start ? t.endsBefore : undefined;
  const field = fieldOf(problem);
  const isPlaced = field !== null && FIELDS.includes(field);
  const isOld: boolean = isProblem(problem, "version_conflict");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isWhole && !pending) onSave(draft);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t.title}
          description={t.titleWhat}
          required
          data-autofocus
          maxLength={200}
          value={draft.title}
          error={tried && draft.title.trim() === "" ? t.titleMissing : reasonFor(problem, "title")}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        {slot === null ? (
          <WhenFields
            zone={site.zone}
            start={draft.start}
            end={draft.end}
            onChange={change}
            startError={(tried ? isTimeless : undefined) ?? reasonFor(problem, "starts_at")}
            endError={(tried ? isEndless : undefined) ?? reasonFor(problem, "ends_at", "minutes")}
          />
        ) : (
          <Text size="sm">
            {dayAndClock(Date.parse(slot.starts_at), slot.zone, locale)} ({slot.zone})
          </Text>
        )}
        <NeedsFields
          terms={draft}
          pools={pools}
          site={site.id}
          onChange={change}
          errors={{
            room: field === "room" ? (busy ?? reasonFor(problem, "room")) : undefined,
            practitioner:
              field === "practitioner" ? (busy ?? reasonFor(problem, "practitioner")) : undefined,
            needs:
              field === "requirements" ? (busy ?? reasonFor(problem, "requirements")) : undefined,
          }}
        />
        <ConflictNotes
          asked={needs.length > 0 && start !== null && end !== null && start < end}
          checking={checking}
          conflicts={conflicts}
          zone={site.zone}
        />
        <TermsFields terms={draft} onChange={change} problem={problem} />
        <Textarea
          label={t.description}
          autosize
          minRows={2}
          value={draft.description}
          error={reasonFor(problem, "description")}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Checkbox
          label={t.open}
          description={t.openWhat}
          checked={draft.open}
          onChange={(event) => change({ open: event.currentTarget.checked })}
        />
        {problem !== null && !isPlaced ? (
          busy === undefined && !isOld ? (
            <ErrorState error={problem} onRepeat={problem.transient ? onRepeat : undefined} />
          ) : (
            <Text role="alert" c="var(--mantine-color-error)">
              {busy ?? t.changedMeanwhile}
            </Text>
          )
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {t.back}
          </Button>
          <Button type="submit" disabled={pending} data-pending={pending}>
            {slot === null ? (pending ? t.making : t.make) : pending ? t.saving : t.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
