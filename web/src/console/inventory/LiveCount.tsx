import { count } from "@shared/format/numbers.ts";
import { useLocale } from "@shared/i18n/i18n.tsx";
import { type Item, useCounts } from "./items.ts";

interface LiveCountProps {
  item: Item;
  of: "capacity" | "held" | "confirmed" | "available";
}

export function LiveCount({ item, of }: LiveCountProps) {
  const { locale } = useLocale();
  return <span className="tabular">{count(useCounts(item)[of], locale)}</span>;
}
