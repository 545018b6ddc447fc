/** What is looked for. It is in the address, so that it can be kept, sent and gone back to. */
import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { type FormEvent, useState } from "react";
import { given } from "../parts/search.ts";
import { CHANNELS, KINDS, STATUSES } from "./kinds.ts";
import { isReservation, listQuery, type NotificationSearch } from "./search.ts";
import { CHANNEL_TEXTS, KIND_TEXTS, NOTIFICATION_TEXTS, STATUS_TEXTS } from "./texts.ts";

interface FiltersProps {
  search: NotificationSearch;
  onSearch: (search: NotificationSearch) => void;
}

export function Filters({ onSearch, search }: FiltersProps) {
  const t = useTexts(NOTIFICATION_TEXTS);
  const statuses = useTexts(STATUS_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const channels = useTexts(CHANNEL_TEXTS);
  const [typed, setTyped] = useState(search.reservation ?? "");
  // Back and forward change the address under the form.
  const [shown, setShown] = useState(search);
  if (shown !== search) {
    setShown(search);
    setTyped(search.reservation ?? "");
  }
  const asked = listQuery(search);
  const look = (more: NotificationSearch) =>
    onSearch(given({ ...asked, reservation: typed.trim(), ...more }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look({});
  };
  const choice = <T extends string>(
    name: "status" | "kind" | "channel",
    of: readonly T[],
    words: Record<T, string>,
  ) => (
    <NativeSelect
      label={t[name]}
      size="xs"
      w={150}
      value={search[name] ?? ""}
      onChange={(event) => look({ [name]: event.currentTarget.value } as NotificationSearch)}
      data={[{ value: "", label: t.any }, ...of.map((value) => ({ value, label: words[value] }))]}
    />
  );
  const { reservation } = search;
  return (
    <form onSubmit={submit} aria-label={t.filters}>
      <Group gap="sm" align="end">
        {choice("status", STATUSES, statuses)}
        {choice("kind", KINDS, kinds)}
        {choice("channel", CHANNELS, channels)}
        <TextInput
          label={t.reservation}
          placeholder={t.reservationHint}
          size="xs"
          w={260}
          maxLength={200}
          value={typed}
          error={
            reservation === undefined || isReservation(reservation)
              ? undefined
              : t.noSuchReservation
          }
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" size="xs">
          {t.apply}
        </Button>
        {Object.keys(asked).length === 0 ? null : (
          <Button size="xs" variant="default" onClick={() => onSearch({})}>
            {t.clear}
          </Button>
        )}
      </Group>
    </form>
  );
}
