/** Finds one item among however many there are: the server searches while somebody types. */
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { api, done } from "@shared/api/client.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useItem } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

const MOST = 30;

interface ItemPickerProps {
  label: string;
  /** What it says where none is chosen. */
  placeholder: string;
  value: string | null;
  onChange: (item: string | null) => void;
}

export function ItemPicker({ label, onChange, placeholder, value }: ItemPickerProps) {
  const t = useTexts(INVENTORY_TEXTS);
  const [typed, setTyped] = useState("");
  const chosen = useItem(value ?? undefined).data;
  const own = chosen === undefined ? null : { value: chosen.id, label: nameOf(chosen) };
  // The name of the one that is chosen stands in the field, and is not searched for.
  const [search] = useDebouncedValue(typed === own?.label ? "" : typed.trim(), 200);
  const { data } = useQuery({
    queryKey: ["offerings", "picker", search],
    queryFn: () => {
      const query = { limit: MOST, ...(search === "" ? {} : { search }) };
      return done(api.GET("/v1/items", { params: { query } }));
    },
    placeholderData: keepPreviousData,
  });
  const found = (data?.data ?? []).map((item) => ({ value: item.id, label: nameOf(item) }));
  const options =
    own === null || found.some((it) => it.value === own.value) ? found : [own, ...found];
  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t.clearItem }}
      nothingFoundMessage={t.noItem}
      value={value}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
      data={options}
      filter={({ options: all }) => all}
      w={{ base: "100%", xs: 320 }}
    />
  );
}

function nameOf({ name, sku }: { name: string; sku: string }): string {
  return `${name} · ${sku}`;
}
