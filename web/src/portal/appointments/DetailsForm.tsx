/** What they should know there, and then: hold it. */
import { Button, Group, NumberInput, Stack, Text, Textarea, Title } from "@mantine/core";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { type FormEvent, useState } from "react";
import { useHoldSlot } from "./acts.ts";
import { type Draft, draftOf, dropDraft, keepDraft } from "./drafts.ts";
import { Refused } from "./Refused.tsx";
import type { Slot } from "./slot.ts";
import { SLOT_TEXTS } from "./texts.ts";

const NOTES_MOST = 4000;

export function DetailsForm({ slot }: { slot: Slot }) {
  const t = useTexts(SLOT_TEXTS);
  const { user } = useSession();
  const [draft, setDraft] = useState(() => draftOf(slot.id, user?.id ?? null));
  const hold = useHoldSlot(() => dropDraft(slot.id));
  const change = (part: Partial<Draft>) => {
    const changed = { ...draft, ...part };
    setDraft(changed);
    keepDraft(slot.id, changed, user?.id ?? null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    hold.start({
      slot: slot.id,
      quantity: draft.quantity,
      guests: draft.guests,
      notes: draft.notes.trim() || null,
    });
  };
  const most = Math.min(slot.available, slot.max_quantity ?? slot.available);
  const field = hold.problem?.code === "malformed_request" ? hold.problem.facts.field : undefined;
  const reason = String(hold.problem?.facts.reason ?? "");
  return (
    <form onSubmit={submit}>
      <Stack align="start">
        <Title order={2} size="h4">
          {t.details}
        </Title>
        {most > 1 ? (
          <NumberInput
            label={t.places}
            description={t.atMost(most)}
            value={draft.quantity}
            onChange={(value) => change({ quantity: typeof value === "number" ? value : 1 })}
            min={slot.min_quantity}
            max={most}
            allowDecimal={false}
            required
            w={180}
            error={field === "lines[0].quantity" ? reason : undefined}
          />
        ) : null}
        <NumberInput
          label={t.guests}
          description={t.guestsWhat}
          value={draft.guests ?? ""}
          onChange={(value) => change({ guests: typeof value === "number" ? value : null })}
          min={0}
          max={1000}
          allowDecimal={false}
          w={260}
          error={field === "guest_count" ? reason : undefined}
        />
        <Textarea
          label={t.notes}
          description={t.notesWhat}
          value={draft.notes}
          onChange={(event) => change({ notes: event.currentTarget.value })}
          maxLength={NOTES_MOST}
          rows={3}
          w="100%"
          maw={560}
          dir="auto"
          error={field === "notes" ? reason : undefined}
        />
        {user === null ? (
          <Group>
            <ButtonLink
              size="md"
              to="/account/sign-in"
              search={{ next: `/appointments/${slot.id}` }}
            >
              {t.signIn}
            </ButtonLink>
            <Text size="sm" c="dimmed">
              {t.signInWhat}
            </Text>
          </Group>
        ) : (
          <Button type="submit" size="md" disabled={hold.pending} data-pending={hold.pending}>
            {hold.pending ? t.holding : t.hold}
          </Button>
        )}
        {hold.problem === null || field !== undefined ? null : (
          <Refused problem={hold.problem} zone={slot.zone} onRepeat={hold.repeat} />
        )}
        <Text size="sm" c="dimmed">
          {t.holdWhat}
        </Text>
      </Stack>
    </form>
  );
}
