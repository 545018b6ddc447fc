/** What has become of a place in the line: why it is not served yet, or until when it may take. */
import { Badge, Group, Text } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { WAITLIST_TEXTS } from "./texts.ts";

const COLOURS = { waiting: "blue", offered: "yellow", accepted: "green" } as const;

export function EntryState({ entry }: { entry: Schemas["WaitView"] }) {
  const t = useTexts(WAITLIST_TEXTS);
  const client = useQueryClient();
  const color = COLOURS[entry.status as keyof typeof COLOURS] ?? "gray";
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={color} variant="light" tt="none" flex="none" data-status={entry.status}>
        {t[entry.status]}
      </Badge>
      {entry.status === "offered" && entry.offer_expires_at !== null ? (
        <Timer
          until={entry.offer_expires_at}
          label={t.offerEnds}
          size="sm"
          urgent={false}
          onOver={() => void client.invalidateQueries({ queryKey: ["waitlist"] })}
        />
      ) : null}
      {entry.status === "waiting" ? (
        <Text size="xs" c="dimmed">
          {entry.reason === null ? t.served : t[entry.reason]}
        </Text>
      ) : null}
    </Group>
  );
}
