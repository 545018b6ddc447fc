import { Badge } from "@mantine/core";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { type Item, useCounts } from "./items.ts";
import { STATE_COLOURS, saleStateOf } from "./saleState.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

export function StateBadge({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { available } = useCounts(item);
  const state = saleStateOf(item, available, serverClock.now());
  return (
    <Badge variant="light" color={STATE_COLOURS[state]} tt="none" miw="max-content">
      {t[state]}
    </Badge>
  );
}
