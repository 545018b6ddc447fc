/** A reservation on somebody's behalf. */
import { Button, Checkbox, Group, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import { Guard } from "../parts/Guard.tsx";
import { type LineInput, lineBody } from "./acts.ts";
import { draftLine, LinesInput } from "./LinesInput.tsx";
import { LIST, putReservation, type Reservation } from "./queries.ts";
import { DETAIL_TEXTS, NEW_TEXTS } from "./texts.ts";

interface Draft {
  customer: string;
  lines: LineInput[];
  minutes: number | string;
  notes: string;
  confirm: boolean;
}

export function NewReservationPage() {
  const t = useTexts(NEW_TEXTS);
  return (
    <Guard permission="reservations:write" title={t.title}>
      <NewReservation />
    </Guard>
  );
}

function NewReservation() {
  const t = useTexts(NEW_TEXTS);
  const detail = useTexts(DETAIL_TEXTS);
  const { customer: given = "" } = useSearch({ from: "/inside/reservations/new" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [customer, setCustomer] = useState(given);
  const [lines, setLines] = useState(() => [draftLine()]);
  const [minutes, setMinutes] = useState<number | string>("");
  const [notes, setNotes] = useState("");
  const [confirm, setConfirm] = useState(false);
  const make = useIntent<Draft, Reservation>({
    run: (key, draft) =>
      done(
        api.POST("/v1/reservations", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            customer: draft.customer.trim(),
            lines: draft.lines.map(lineBody),
            notes: draft.notes.trim() || null,
            confirm: draft.confirm,
            ...(draft.minutes === "" || draft.confirm
              ? {}
              : { ttl_seconds: Math.round(Number(draft.minutes) * 60) }),
          },
        }),
      ),
    onDone: (made) => {
      putReservation(client, made);
      void client.invalidateQueries({ queryKey: [LIST] });
      void client.invalidateQueries({ queryKey: ["reservations"] });
      void navigate({ to: "/reservations/$reservation", params: { reservation: made.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const plain = lines.map(({ offering, quantity }) => ({ offering, quantity }));
    make.start({ customer, lines: plain, minutes, notes, confirm });
  };
  return (
    <Screen title={t.title} actions={<TextLink to="/reservations">{detail.all}</TextLink>}>
      <form onSubmit={submit}>
        <Stack maw={560}>
          <TextInput
            label={t.customer}
            description={t.customerWhat}
            required
            maxLength={200}
            value={customer}
            error={fieldError(make.problem, "customer")}
            onChange={(event) => setCustomer(event.currentTarget.value)}
          />
          <LinesInput lines={lines} onChange={setLines} problem={make.problem} />
          <Checkbox
            label={t.confirm}
            checked={confirm}
            onChange={(event) => setConfirm(event.currentTarget.checked)}
          />
          {confirm ? null : (
            <NumberInput
              label={t.ttl}
              description={t.ttlWhat}
              min={1}
              w={220}
              value={minutes}
              error={fieldError(make.problem, "ttl_seconds")}
              onChange={setMinutes}
            />
          )}
          <Textarea
            label={t.notes}
            autosize
            minRows={2}
            maxLength={1000}
            value={notes}
            error={fieldError(make.problem, "notes")}
            onChange={(event) => setNotes(event.currentTarget.value)}
          />
          {make.problem === null ? null : (
            <ErrorState
              error={make.problem}
              onRepeat={make.problem.transient ? make.repeat : undefined}
            />
          )}
          <Group>
            <Button type="submit" loading={make.pending}>
              {confirm ? t.holdAndConfirm : t.hold}
            </Button>
          </Group>
        </Stack>
      </form>
    </Screen>
  );
}
