/** A text that belongs into a clipboard: a secret, a command, a checkpoint. */
import { Button, Code, Group, Text } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import classes from "./Copyable.module.css";
import { PART_TEXTS } from "./texts.ts";

export function Copyable({ label, text }: { label: string; text: string }) {
  const t = useTexts(PART_TEXTS);
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(t.copied);
    } catch {
      // Not every page may: one that did not come by HTTPS, for one.
      setSaid(t.notCopied);
    }
  };
  return (
    <Group gap="xs" align="start" wrap="nowrap" maw="100%">
      <Code className={classes.text ?? ""} data-copyable={label}>
        {text}
      </Code>
      <Button
        size="xs"
        variant="default"
        onClick={() => void copy()}
        aria-label={`${t.copy}: ${label}`}
      >
        {t.copy}
      </Button>
      <Text size="xs" role="status" className={said === t.notCopied ? "" : "visually-hidden"}>
        {said}
      </Text>
    </Group>
  );
}
