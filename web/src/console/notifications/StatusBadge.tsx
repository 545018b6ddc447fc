import { Badge } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Status } from "./kinds.ts";
import { STATUS_TEXTS } from "./texts.ts";

const COLOURS: Record<Status, string> = {
  waiting: "yellow",
  sent: "green",
  failed: "red",
  dropped: "gray",
};

export function StatusBadge({ status }: { status: Status }) {
  const t = useTexts(STATUS_TEXTS);
  return (
    <Badge
      miw="max-content"
      color={COLOURS[status]}
      variant="light"
      tt="none"
      data-notification={status}
    >
      {t[status]}
    </Badge>
  );
}
