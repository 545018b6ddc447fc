/** Time that runs out: shown each second, said aloud at two minutes, one, and half of one only. */
import { Text, type TextProps } from "@mantine/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { announcementBetween, clockFace, WARNING } from "../clock/countdown.ts";
import { useCountdown } from "../clock/useCountdown.ts";
import { texts, useTexts } from "../i18n/i18n.tsx";

const TEXTS = texts({
  en: {
    two: "Two minutes left.",
    one: "One minute left.",
    half: "30 seconds left.",
  },
  de: {
    two: "Noch zwei Minuten.",
    one: "Noch eine Minute.",
    half: "Noch 30 Sekunden.",
  },
});

interface TimerProps extends TextProps {
  /** RFC 3339, by the server's clock. */
  until: string;
  /** What runs out, for those who do not see it. */
  label: string;
  /** Called once, when it is over. */
  onOver?: () => void;
  /** Whether it is urgent at its end, and said aloud. */
  urgent?: boolean;
}

export function Timer({ label, onOver, until, urgent = true, ...rest }: TimerProps) {
  const t = useTexts(TEXTS);
  const left = useCountdown(until) ?? 0;
  const before = useRef(left);
  const [said, setSaid] = useState("");
  const over = useEffectEvent(() => onOver?.());

  useEffect(() => {
    const due = announcementBetween(before.current, left);
    before.current = left;
    if (due !== null && urgent) setSaid({ 120: t.two, 60: t.one, 30: t.half }[due] ?? "");
  }, [left, urgent, t]);

  const isOver = left === 0;
  useEffect(() => {
    if (isOver) over();
  }, [isOver, until]);

  const warning = urgent && left <= WARNING;
  return (
    <>
      <Text
        component="span"
        role="timer"
        aria-label={label}
        aria-live="off"
        className="tabular"
        fw={600}
        {...(warning ? { c: "var(--mantine-color-error)" } : {})}
        data-warning={warning || undefined}
        {...rest}
      >
        {clockFace(left)}
      </Text>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}
