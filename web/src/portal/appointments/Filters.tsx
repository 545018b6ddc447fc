/** What for, with whom, and by whose clock. */
import { NativeSelect, SimpleGrid } from "@mantine/core";
import { ownZone } from "@shared/format/time.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { PickSearch } from "./search.ts";
import type { Slot } from "./slot.ts";
import type { Site } from "./slots.ts";
import { PICK_TEXTS } from "./texts.ts";

interface FiltersProps {
  search: PickSearch;
  site: Site;
  /** Other sites that can be chosen. */
  sites: Site[];
  /** What there is to choose from. */
  slots: Slot[];
  onSearch: (change: Partial<Record<keyof PickSearch, string | undefined>>) => void;
}

export function Filters({ onSearch, search, site, sites, slots }: FiltersProps) {
  const t = useTexts(PICK_TEXTS);
  const services = choices(slots.map(({ title }) => [title, title]));
  const people = choices(
    slots.flatMap(({ practitioner }) =>
      practitioner === null ? [] : [[practitioner.id, practitioner.name] as const],
    ),
  );
  if (search.service !== undefined && services.every(({ value }) => value !== search.service))
    services.push({ value: search.service, label: search.service });
  const own = ownZone();
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
      {sites.length > 1 ? (
        <NativeSelect
          label={t.site}
          value={site.id}
          data={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) =>
            onSearch({ site: event.currentTarget.value, service: undefined, with: undefined })
          }
        />
      ) : null}
      {services.length > 1 ? (
        <NativeSelect
          label={t.service}
          value={search.service ?? ""}
          data={[{ value: "", label: t.anyService }, ...services]}
          onChange={(event) => onSearch({ service: event.currentTarget.value || undefined })}
        />
      ) : null}
      {people.length > 0 ? (
        <NativeSelect
          label={t.practitioner}
          value={search.with ?? ""}
          data={[{ value: "", label: t.anybody }, ...people]}
          onChange={(event) => onSearch({ with: event.currentTarget.value || undefined })}
        />
      ) : null}
      {own === site.zone ? null : (
        <NativeSelect
          label={t.zone}
          value={search.zone ?? ""}
          data={[
            { value: "", label: t.siteZone(site.zone) },
            { value: "own", label: t.ownZone(own) },
          ]}
          onChange={(event) => onSearch({ zone: event.currentTarget.value || undefined })}
        />
      )}
    </SimpleGrid>
  );
}

/** Each once, by name. */
function choices(pairs: (readonly [string, string])[]): { value: string; label: string }[] {
  return [...new Map(pairs)]
    .map(([value, label]) => ({ value, label }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
}
