/** An item or a slot by a few letters of its name; a SKU or an id is taken as it is. */
import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { api, done } from "@shared/api/client.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { dateTime } from "@shared/format/time.ts";
import { type Locale, useLocale } from "@shared/i18n/i18n.tsx";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useOfferingName } from "./queries.ts";

interface OfferingInputProps {
  label: string;
  description?: string;
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}

export function OfferingInput({ description, error, label, onChange, value }: OfferingInputProps) {
  const { locale } = useLocale();
  const [sought] = useDebouncedValue(value, 250);
  const { data = [] } = useQuery({
    queryKey: ["offerings", "suggested", sought, locale],
    queryFn: () => suggest(sought, locale),
    placeholderData: keepPreviousData,
  });
  const known = useOfferingName(value);
  const named = data.find((it) => it.value === value)?.label ?? known?.name;
  return (
    <Autocomplete
      label={label}
      description={named ?? description}
      required
      value={value}
      error={error}
      onChange={onChange}
      data={data.map((it) => it.value)}
      renderOption={({ option }) =>
        data.find((it) => it.value === option.value)?.label ?? option.value
      }
      // The server has looked already: by names, which are not what is put in.
      filter={({ options }) => options}
      comboboxProps={{ withinPortal: true }}
      maxDropdownHeight={240}
    />
  );
}

interface Suggestion {
  value: string;
  label: string;
}

async function suggest(sought: string, locale: Locale): Promise<Suggestion[]> {
  const search = sought.trim();
  const from = new Date(serverClock.now()).toISOString();
  const [items, slots] = await Promise.all([
    done(api.GET("/v1/items", { params: { query: { limit: 8, ...(search ? { search } : {}) } } })),
    done(api.GET("/v1/slots", { params: { query: { limit: 100, from } } })),
  ]);
  const found = slots.data.filter(
    ({ id, title }) => title.toLowerCase().includes(search.toLowerCase()) || id === search,
  );
  return [
    ...items.data.map(({ name, sku }) => ({ value: sku, label: `${name} (${sku})` })),
    ...found.slice(0, 8).map(({ id, site_name, starts_at, title, zone }) => ({
      value: id,
      label: `${title}, ${dateTime(starts_at, locale, zone)}, ${site_name}`,
    })),
  ];
}
