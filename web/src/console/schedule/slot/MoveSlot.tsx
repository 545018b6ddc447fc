/** Another time for a slot, typed or shown in the grid; what is in the way is said before. */
import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import type { components } from "@shared/api/schema.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Slot, useCounts, usePools } from "../queries.ts";
import { dayAndClock } from "../time/words.ts";
import { rfc3339 } from "../time/zone.ts";
import { ConflictNotes, useBusyText } from "./ConflictNotes.tsx";
import { atOf, draftOf, momentOf, needsOf } from "./draft.ts";
import { reasonFor } from "./refusals.ts";
import { SLOT_TEXTS } from "./texts.ts";
import { useConflicts } from "./useConflicts.ts";
import { WhenFields } from "./WhenFields.tsx";

export interface Target {
  start: number;
  room?: string;
  practitioner?: string;
}

interface MoveSlotProps {
  slot: Slot;
  target: Target | null;
  onBack: () => void;
  onDone: (text: string) => void;
}

export function MoveSlot({ onBack, onDone, slot: given, target }: MoveSlotProps) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const client = useQueryClient();
  // As it was when this was opened: if it is otherwise by then, somebody else was there.
  const [slot] = useState(given);
  const { zone } = slot;
  const length = Date.parse(slot.ends_at) - Date.parse(slot.starts_at);
  const [times, setTimes] = useState(() => {
    const start = target?.start ?? Date.parse(slot.starts_at);
    return { start: momentOf(start, zone), end: momentOf(start + length, zone) };
  });
  const [room, setRoom] = useState(target?.room ?? slot.room?.id ?? "");
  const [practitioner, setPractitioner] = useState(
    target?.practitioner ?? slot.practitioner?.id ?? "",
  );
  const { data: pools = [] } = usePools();
  const { confirmed, held } = useCounts(slot);
  const [start, end] = [atOf(times.start, zone), atOf(times.end, zone)];
  const needs = needsOf({ ...draftOf(slot), room, practitioner });
  const { checking, conflicts } = useConflicts({ needs, start, end, own: slot.id });
  const move = useIntent<components["schemas"]["SlotMove"], Slot>({
    run: (key, body) =>
      done(
        api.POST("/v1/slots/{slot}/move", {
          params: { path: { slot: slot.id }, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    onDone: (made) => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      void client.invalidateQueries({ queryKey: ["waitlist"] });
      onDone(t.moved(made.title, dayAndClock(Date.parse(made.starts_at), zone, locale)));
    },
    onProblem: () => void client.invalidateQueries({ queryKey: ["offerings"] }),
  });
  const { problem } = move;
  const busy = useBusyText(zone)(problem);
  const isWhole = start !== null && end !== null && start < end;
  const reserved = held + confirmed;
  const isGone: boolean =
    isProblem(problem, "version_conflict", "not_found") || given.withdrawn_at !== null;
  const isReserved: boolean = reserved > 0 || isProblem(problem, "capacity_below_reserved");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole || move.pending) return;
    move.start({
      starts_at: rfc3339(start, zone),
      ends_at: rfc3339(end, zone),
      // What is not changed here stays as it is by then.
      ...(room === (slot.room?.id ?? "") ? {} : { room: room || null }),
      ...(practitioner === (slot.practitioner?.id ?? "")
        ? {}
        : { practitioner: practitioner || null }),
    });
  };
  const choices = (kind: "room" | "practitioner") => [
    { value: "", label: t.nobody },
    ...pools.filter((it) => it.kind === kind).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text fw={600}>{slot.title}</Text>
        <Text size="sm" c="dimmed">
          {t.was(dayAndClock(Date.parse(slot.starts_at), zone, locale))}
        </Text>
        <WhenFields
          zone={zone}
          start={times.start}
          end={times.end}
          onChange={setTimes}
          startError={start === null ? t.noTime : reasonFor(problem, "starts_at")}
          endError={
            end === null
              ? t.noTime
              : start !== null && end <= start
                ? t.endsBefore
                : reasonFor(problem, "ends_at", "minutes")
          }
        />
        <Group grow align="start">
          <NativeSelect
            label={t.room}
            data={choices("room")}
            value={room}
            onChange={(event) => setRoom(event.currentTarget.value)}
          />
          <NativeSelect
            label={t.practitioner}
            data={choices("practitioner")}
            value={practitioner}
            onChange={(event) => setPractitioner(event.currentTarget.value)}
          />
        </Group>
        <ConflictNotes
          asked={needs.length > 0 && isWhole}
          checking={checking}
          conflicts={conflicts}
          zone={zone}
        />
        {slot.waiting > 0 ? <Text size="sm">{t.waitersGo(slot.waiting)}</Text> : null}
        {slot.schedule === null ? null : <Text size="sm">{t.fromSchedule}</Text>}
        {isGone ? (
          <div role="alert">
            <Text c="var(--mantine-color-error)">{t.gone}</Text>
            <Text size="sm">{t.goneWhat}</Text>
          </div>
        ) : isReserved ? (
          <Text role="alert" c="var(--mantine-color-error)">
            {t.reserved(Math.max(1, reserved))}
          </Text>
        ) : busy !== undefined ? (
          <Text role="alert" c="var(--mantine-color-error)">
            {busy}
          </Text>
        ) : problem === null || reasonFor(problem, "starts_at", "ends_at") !== undefined ? null : (
          <ErrorState error={problem} onRepeat={problem.transient ? move.repeat : undefined} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {t.back}
          </Button>
          <Button
            type="submit"
            data-autofocus
            disabled={move.pending || isGone || reserved > 0 || !isWhole}
          >
            {move.pending ? t.movingIt : t.moveIt}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
