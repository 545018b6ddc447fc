/** What can be done with a reservation as it stands. Nothing is shown as done before it is. */
import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { type Act, extendable, useAct } from "./acts.ts";
import { MoveDialog } from "./MoveDialog.tsx";
import type { Reservation } from "./queries.ts";
import type { Status } from "./search.ts";
import { DETAIL_TEXTS, STATUS_TEXTS } from "./texts.ts";

type Asking = "cancel" | "release" | "move" | null;

/** Somebody is taken to have come from two hours before the first slot on. */
const EARLY = 2 * 3_600_000;

export function Acts({ reservation }: { reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const status = useTexts(STATUS_TEXTS);
  const [asking, setAsking] = useState<Asking>(null);
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState("");
  const act = useAct(reservation, {
    onDone: (now) => {
      setAsking(null);
      setSaid(t.done(status[now.status as Status]));
    },
    onProblem: ({ status: code }) => {
      setSaid("");
      // What it is now is behind the dialog.
      if (code === 409 || code === 410) setAsking((known) => (known === "move" ? known : null));
    },
  });
  const start = (what: Act) => {
    setSaid("");
    act.start(what);
  };
  const close = () => {
    setAsking(null);
    act.reset();
  };
  const now = reservation.status;
  const button = (label: string, what: Act, variant = "default") => (
    <Button size="xs" variant={variant} disabled={act.pending} onClick={() => start(what)}>
      {label}
    </Button>
  );
  const ask = (label: string, what: Asking) => (
    <Button size="xs" variant="default" disabled={act.pending} onClick={() => setAsking(what)}>
      {label}
    </Button>
  );
  const attendance = attends(reservation, serverClock.now());
  const nothing = now === "released" || now === "cancelled";
  return (
    <Stack component="section" gap="xs" aria-label={t.acts}>
      {nothing ? null : (
        <Title order={2} size="h4">
          {t.acts}
        </Title>
      )}
      <Group gap="xs">
        {now === "held" ? (
          <>
            {button(t.confirm, { act: "confirm" }, "filled")}
            {extendable(reservation) ? button(t.extend, { act: "extend" }) : null}
            {ask(t.release, "release")}
          </>
        ) : null}
        {now === "expired" ? (
          <>
            {button(t.reacquire, { act: "reacquire" })}
            <Text size="sm" c="dimmed">
              {t.reacquireWhat}
            </Text>
          </>
        ) : null}
        {now === "held" || now === "confirmed" ? ask(t.move, "move") : null}
        {now === "confirmed" ? ask(t.cancel, "cancel") : null}
        {attendance.came ? button(t.came, { act: "came" }) : null}
        {attendance.noShow ? button(t.noShow, { act: "no_show" }) : null}
      </Group>
      <Text size="sm" role="status">
        {said}
      </Text>
      {act.problem === null || asking !== null ? null : (
        <>
          <ErrorState
            error={act.problem}
            onRepeat={act.problem.transient ? act.repeat : undefined}
          />
          {act.problem.status === 409 || act.problem.status === 410 ? (
            <Text size="sm" data-changed={now}>
              {t.changed(status[now as Status])}
            </Text>
          ) : null}
        </>
      )}
      <FormDialog
        opened={asking === "cancel" || asking === "release"}
        title={asking === "release" ? t.releaseTitle : t.cancelTitle}
        action={asking === "release" ? t.releaseIt : t.cancelIt}
        danger
        pending={act.pending}
        problem={act.problem}
        onRepeat={act.repeat}
        onSubmit={() =>
          start(asking === "release" ? { act: "release" } : { act: "cancel", reason })
        }
        onClose={close}
      >
        <Text size="sm">{t.cancelWhat}</Text>
        {asking === "cancel" ? (
          <TextInput
            label={t.reason}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
        ) : null}
      </FormDialog>
      {asking === "move" ? (
        <MoveDialog
          reservation={reservation}
          pending={act.pending}
          problem={act.problem}
          onRepeat={act.repeat}
          onMove={(lines) => start({ act: "move", lines })}
          onClose={close}
        />
      ) : null}
    </Stack>
  );
}

/** Whether it can be said now that somebody came, or did not: the server decides. */
export function attends(
  { lines, status }: Reservation,
  now: number,
): { came: boolean; noShow: boolean } {
  const starts = lines.flatMap((it) => (it.starts_at === null ? [] : [Date.parse(it.starts_at)]));
  if (starts.length === 0 || !["confirmed", "fulfilled", "no_show"].includes(status))
    return { came: false, noShow: false };
  return {
    came: status !== "fulfilled" && now >= Math.min(...starts) - EARLY,
    noShow: status !== "no_show" && now >= Math.max(...starts),
  };
}
