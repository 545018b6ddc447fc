import { Badge } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Status } from "./search.ts";
import { STATUS_TEXTS } from "./texts.ts";

const COLOURS: Record<Status, string> = {
  held: "yellow",
  confirmed: "green",
  fulfilled: "blue",
  released: "gray",
  expired: "gray",
  cancelled: "red",
  no_show: "orange",
};

export function StatusBadge({ status }: { status: string }) {
  const t = useTexts(STATUS_TEXTS);
  const known = status as Status;
  return (
    <Badge miw="max-content" color={COLOURS[known]} variant="light" tt="none" radius="sm" fw={600}>
      {t[known]}
    </Badge>
  );
}
