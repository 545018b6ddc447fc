/** What is held, at the foot of every page, with what can be done about it and what came of it. */
import { Button, CloseButton, Group, Paper, Stack, Text } from "@mantine/core";
import { useProblemText } from "@shared/api/problemTexts.ts";
import { WARNING } from "@shared/clock/countdown.ts";
import { useCountdown } from "@shared/clock/useCountdown.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { extendable, useAct } from "./acts.ts";
import classes from "./HoldBar.module.css";
import { useOtherTabs } from "./refresh.ts";
import { type Own, type Reservation, useOwnReservations } from "./reservations.ts";
import { HOLD_TEXTS } from "./texts.ts";
import { isSlot, useWhat } from "./what.ts";

interface News {
  reservation: Reservation;
  what: "confirmed" | "released" | "expired";
}

export function HoldBar() {
  const t = useTexts(HOLD_TEXTS);
  const { own, refetch } = useOwnReservations();
  useOtherTabs();
  const [news, setNews] = useState<News[]>([]);
  const tell = useCallback((item: News) => {
    setNews((known) => [
      ...known.filter(({ reservation }) => reservation.id !== item.reservation.id),
      item,
    ]);
  }, []);

  // A hold that was here and is over, whoever has noticed it first.
  const shown = useRef(new Set<string>());
  useEffect(() => {
    for (const { reservation } of own) {
      if (reservation.status === "held") shown.current.add(reservation.id);
      else if (shown.current.delete(reservation.id) && reservation.status === "expired")
        tell({ reservation, what: "expired" });
    }
  }, [own, tell]);

  const path = useRouterState({ select: ({ location }) => location.pathname });
  const held = own.filter(
    ({ reservation }) => reservation.status === "held" && path !== pageOf(reservation),
  );
  if (held.length + news.length === 0) return null;
  return (
    <section aria-label={t.region} className={`${classes.bar} no-print`}>
      <Stack gap="xs">
        {news.map((item) => (
          <NewsLine
            key={item.reservation.id}
            {...item}
            onDismiss={() => setNews(news.filter((it) => it !== item))}
          />
        ))}
        {held.map((it) => (
          <HoldLine key={it.reservation.id} own={it} onOver={refetch} tell={tell} />
        ))}
      </Stack>
    </section>
  );
}

/** Where a held appointment is confirmed: there the bar would say everything twice. */
function pageOf({ lines }: Reservation): string | null {
  const slot = lines.find(isSlot)?.offering;
  return slot === undefined ? null : `/appointments/${slot}`;
}

interface HoldLineProps {
  own: Own;
  onOver: () => void;
  tell: (news: News) => void;
}

function HoldLine({ onOver, own, tell }: HoldLineProps) {
  const t = useTexts(HOLD_TEXTS);
  const problemText = useProblemText();
  const { reservation } = own;
  const what = useWhat(reservation);
  const slot = reservation.lines.find(isSlot)?.offering;
  const left = useCountdown(reservation.expires_at) ?? 0;
  const act = useAct(own, {
    onDone: (now, done) => {
      if (done === "confirm") tell({ reservation: now, what: "confirmed" });
      if (done === "release") tell({ reservation: now, what: "released" });
    },
  });
  return (
    <Paper withBorder p="sm" data-hold={reservation.id}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          {slot === undefined ? (
            <Text fw={600} component="bdi">
              {what}
            </Text>
          ) : (
            <TextLink fw={600} to="/appointments/$slot" params={{ slot }}>
              <bdi>{what}</bdi>
            </TextLink>
          )}
          <Timer
            until={reservation.expires_at ?? reservation.created_at}
            label={t.timeLeft}
            onOver={onOver}
            size="xl"
          />
        </Group>
        <Group gap="xs" className={classes.acts ?? ""}>
          <Button loading={act.pending} disabled={left === 0} onClick={() => act.start("confirm")}>
            {t.confirm}
          </Button>
          {extendable(reservation) ? (
            <Button
              variant="default"
              disabled={act.pending || left === 0}
              onClick={() => act.start("extend")}
            >
              {t.extend}
            </Button>
          ) : null}
          <Button
            variant="default"
            disabled={act.pending || left === 0}
            onClick={() => act.start("release")}
          >
            {t.release}
          </Button>
        </Group>
      </Group>
      {left > 0 && left <= WARNING ? <Text size="sm">{t.ending}</Text> : null}
      {act.problem === null ? null : (
        <Group gap="sm" role="alert">
          <Text size="sm" c="var(--mantine-color-error)">
            {problemText(act.problem)}
          </Text>
          {act.problem.transient ? (
            <Button size="compact-sm" variant="default" onClick={act.repeat}>
              {t.repeat}
            </Button>
          ) : null}
        </Group>
      )}
    </Paper>
  );
}

function NewsLine({ onDismiss, reservation, what }: News & { onDismiss: () => void }) {
  const t = useTexts(HOLD_TEXTS);
  const name = useWhat(reservation);
  return (
    <Paper withBorder p="sm" data-news={what}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Group gap="sm">
          <Text role="status">{t[what](name)}</Text>
          {what === "expired" ? <Again reservation={reservation} /> : null}
          {what === "confirmed" ? <TextLink to="/reservations">{t.see}</TextLink> : null}
        </Group>
        <CloseButton aria-label={t.dismiss} onClick={onDismiss} />
      </Group>
    </Paper>
  );
}

function Again({ reservation }: { reservation: Reservation }) {
  const t = useTexts(HOLD_TEXTS);
  const slot = reservation.lines.find(isSlot)?.offering;
  if (slot !== undefined)
    return (
      <TextLink to="/appointments/$slot" params={{ slot }}>
        {t.again}
      </TextLink>
    );
  return (
    <TextLink to="/sale/$product" params={{ product: reservation.lines[0]?.sku ?? "" }}>
      {t.again}
    </TextLink>
  );
}
