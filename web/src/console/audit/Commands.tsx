import { Stack, Text, Title } from "@mantine/core";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Copyable } from "../parts/Copyable.tsx";
import { VERIFY_TEXTS } from "./texts.ts";

/** For whoever does not believe this page; see docs/audit.md. */
export function Commands() {
  const t = useTexts(VERIFY_TEXTS);
  const { organization } = useConfig();
  const commands = [
    [t.onServer, "firmhold audit verify"],
    [t.export, `firmhold audit export log.jsonl --organization ${organization.slug}`],
    [t.elsewhere, "python checker.py log.jsonl --key PUBLIC-KEY"],
    [t.since, "python checker.py log.jsonl --key PUBLIC-KEY --since checkpoint.txt"],
  ] as const;
  return (
    <Stack component="section" gap="xs" aria-label={t.commands} maw={720}>
      <Title order={2} size="h4">
        {t.commands}
      </Title>
      {commands.map(([label, command]) => (
        <Stack key={command} gap={2}>
          <Text size="sm">{label}</Text>
          <Copyable label={label} text={command} />
        </Stack>
      ))}
    </Stack>
  );
}
