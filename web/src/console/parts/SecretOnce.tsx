/** A secret that has just been made. It is in memory until it is put away, and nowhere else. */
import { Alert, Button, Stack, Text } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useEffect, useRef } from "react";
import { Copyable } from "./Copyable.tsx";
import { PART_TEXTS } from "./texts.ts";

interface SecretOnceProps {
  title: string;
  label: string;
  secret: string;
  onKept: () => void;
}

export function SecretOnce({ label, onKept, secret, title }: SecretOnceProps) {
  const t = useTexts(PART_TEXTS);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  return (
    <Alert color="yellow" title={title} ref={box} tabIndex={-1} role="group" aria-label={title}>
      <Stack gap="sm" align="stretch">
        <Text size="sm">{t.once}</Text>
        <Copyable label={label} text={secret} />
        <Button size="xs" variant="default" onClick={onKept} style={{ alignSelf: "start" }}>
          {t.kept}
        </Button>
      </Stack>
    </Alert>
  );
}
