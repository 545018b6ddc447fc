/** It is held: confirm it before the time runs out. */
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useCountdown } from "@shared/clock/useCountdown.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { extendable, useAct } from "../storefront/acts.ts";
import type { Own } from "../storefront/reservations.ts";
import { Refused } from "./Refused.tsx";
import type { Slot } from "./slot.ts";
import { SLOT_TEXTS } from "./texts.ts";

interface HeldStepProps {
  own: Own;
  slot: Slot;
  /** What it says may be that it is not held any more. */
  onProblem: (problem: Problem) => void;
}

export function HeldStep({ onProblem, own, slot }: HeldStepProps) {
  const t = useTexts(SLOT_TEXTS);
  const navigate = useNavigate();
  const { reservation } = own;
  const left = useCountdown(reservation.expires_at) ?? 0;
  const act = useAct(own, {
    onDone: ({ id }, what) => {
      if (what !== "confirm") return;
      void navigate({ to: "/reservations/$reservation", params: { reservation: id } });
    },
    onProblem,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const quantity = reservation.lines.find(({ offering }) => offering === slot.id)?.quantity ?? 1;
  const facts = [
    quantity > 1 ? t.placesAre(quantity) : null,
    reservation.guest_count ? t.guestsAre(reservation.guest_count) : null,
  ].filter((fact) => fact !== null);
  const isOver = left === 0;
  return (
    <Paper withBorder p="lg" component="section" aria-label={t.confirmTitle}>
      <Stack>
        <Group justify="space-between" align="baseline">
          <Title order={2} size="h4" ref={heading} tabIndex={-1} style={{ outline: "none" }}>
            {t.confirmTitle}
          </Title>
          <Timer
            until={reservation.expires_at ?? reservation.created_at}
            label={t.timeLeft}
            size="xl"
          />
        </Group>
        <Text>{t.confirmWhat}</Text>
        {facts.length === 0 ? null : <Text>{facts.join(" · ")}</Text>}
        {reservation.notes === null ? null : (
          <Text dir="auto" style={{ whiteSpace: "pre-line" }}>
            {reservation.notes}
          </Text>
        )}
        <Group>
          <Button
            size="md"
            loading={act.pending}
            disabled={isOver}
            onClick={() => act.start("confirm")}
          >
            {t.confirm}
          </Button>
          {extendable(reservation) ? (
            <Button
              variant="default"
              size="md"
              disabled={act.pending || isOver}
              onClick={() => act.start("extend")}
            >
              {t.extend}
            </Button>
          ) : null}
          <Button
            variant="default"
            size="md"
            disabled={act.pending || isOver}
            onClick={() => act.start("release")}
          >
            {t.release}
          </Button>
        </Group>
        {act.problem === null ? null : (
          <Refused problem={act.problem} zone={slot.zone} onRepeat={act.repeat} />
        )}
      </Stack>
    </Paper>
  );
}
