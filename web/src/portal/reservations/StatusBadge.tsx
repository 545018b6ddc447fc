import { Badge } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { STATUSES } from "./search.ts";
import { RESERVATION_TEXTS } from "./texts.ts";

const COLOURS: Record<string, string> = { confirmed: "green", fulfilled: "green", held: "blue" };

export function StatusBadge({ size = "md", status }: { status: string; size?: "md" | "lg" }) {
  const t = useTexts(RESERVATION_TEXTS);
  const known = STATUSES.find((it) => it === status);
  return (
    <Badge
      variant="light"
      tt="none"
      size={size}
      color={COLOURS[status] ?? "gray"}
      data-status={status}
    >
      {known === undefined ? status : t[known]}
    </Badge>
  );
}
