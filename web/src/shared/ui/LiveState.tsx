/** Whether what is shown is of this moment. */
import { Badge } from "@mantine/core";
import { texts, useTexts } from "../i18n/i18n.tsx";
import { useLiveStatus } from "../live/live.ts";

const TEXTS = texts({
  en: { live: "Live", connecting: "Connecting", stale: "Not up to date, reconnecting" },
  de: { live: "Live", connecting: "Verbinde", stale: "Nicht aktuell, verbinde neu" },
});

export function LiveState() {
  const status = useLiveStatus();
  const t = useTexts(TEXTS);
  if (status === "idle") return null;
  const color = { live: "green", connecting: "gray", stale: "orange" }[status];
  return (
    <Badge color={color} variant="light" role="status" data-live={status} tt="none" miw={0}>
      {t[status]}
    </Badge>
  );
}
