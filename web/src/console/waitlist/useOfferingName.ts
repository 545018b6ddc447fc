/** What an entry of the waitlist is for, in words: an item's name, or a slot with its time. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale } from "@shared/i18n/i18n.tsx";
import { skipToken, useQuery } from "@tanstack/react-query";

type Entry = Schemas["WaitView"];

export function useOfferingName(offering: string | undefined): string | undefined {
  const { locale } = useLocale();
  const isSlot = offering?.startsWith("slot_") ?? false;
  const slot = useQuery({
    queryKey: ["offerings", "slot", offering],
    queryFn:
      offering === undefined || !isSlot
        ? skipToken
        : () => done(api.GET("/v1/slots/{slot}", { params: { path: { slot: offering } } })),
    staleTime: 60_000,
  });
  const item = useQuery({
    queryKey: ["offerings", "item", offering],
    queryFn:
      offering === undefined || isSlot
        ? skipToken
        : () => done(api.GET("/v1/items/{item}", { params: { path: { item: offering } } })),
    staleTime: 60_000,
  });
  if (slot.data !== undefined)
    return `${slot.data.title}, ${dateTime(slot.data.starts_at, locale, slot.data.zone)}`;
  return item.data?.name;
}

/** What can be said before the name is there. */
export function nameMeanwhile(entry: Entry, locale: "en" | "de"): string {
  if (entry.sku !== null) return entry.sku;
  return entry.starts_at === null ? entry.offering : dateTime(entry.starts_at, locale);
}
