/** What is looked for. Everything is in the address, so that it can be kept, sent and gone back to. */
import { Button, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { ownZone } from "@shared/format/time.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { type FormEvent, useState } from "react";
import { given } from "../parts/search.ts";
import { type ReservationSearch, STATUSES, type Status } from "./search.ts";
import { LIST_TEXTS, STATUS_TEXTS } from "./texts.ts";

interface FiltersProps {
  search: ReservationSearch;
  noSuchOffering: boolean;
  onSearch: (search: ReservationSearch) => void;
}

export function Filters({ noSuchOffering, onSearch, search }: FiltersProps) {
  const t = useTexts(LIST_TEXTS);
  const status = useTexts(STATUS_TEXTS);
  const [draft, setDraft] = useState(search);
  // Back and forward change the address under the form.
  const [shown, setShown] = useState(search);
  if (shown !== search) {
    setShown(search);
    setDraft(search);
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(given(draft));
  };
  const typed = (name: "offering" | "customer" | "from" | "to") => ({
    value: draft[name] ?? "",
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  return (
    <form onSubmit={submit} aria-label={t.filters}>
      <Group gap="sm" align="end">
        <NativeSelect
          label={t.status}
          value={draft.status ?? ""}
          onChange={(event) => {
            const chosen = { ...draft, status: event.currentTarget.value as Status };
            setDraft(chosen);
            onSearch(given(chosen));
          }}
          data={[
            { value: "", label: t.anyStatus },
            ...STATUSES.map((value) => ({ value, label: status[value] })),
          ]}
          size="xs"
          w={130}
        />
        <TextInput
          label={t.offering}
          placeholder={t.offeringHint}
          error={noSuchOffering ? t.noSuchOffering : undefined}
          size="xs"
          w={190}
          {...typed("offering")}
        />
        <TextInput
          label={t.customer}
          placeholder={t.customerHint}
          size="xs"
          w={230}
          {...typed("customer")}
        />
        <TextInput type="date" label={t.from} size="xs" w={140} {...typed("from")} />
        <TextInput type="date" label={t.to} size="xs" w={140} {...typed("to")} />
        <Button type="submit" size="xs">
          {t.apply}
        </Button>
        {Object.keys(search).length === 0 ? null : (
          <Button size="xs" variant="default" onClick={() => onSearch({})}>
            {t.clear}
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {t.zone(ownZone())}
      </Text>
    </form>
  );
}
