/** What is sold, and what is left of it. */
import { Button, Group, Text, TextInput } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { money } from "@shared/format/money.ts";
import { type Locale, useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { CONSOLE_TEXTS } from "../texts.ts";
import type { Item } from "./items.ts";
import { LiveCount } from "./LiveCount.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { INVENTORY_TEXTS } from "./texts.ts";

export function InventoryPage() {
  const t = useTexts(INVENTORY_TEXTS);
  const { inventory } = useTexts(CONSOLE_TEXTS);
  const { locale } = useLocale();
  const { search } = useSearch({ from: "/inside/inventory" });
  const navigate = useNavigate({ from: "/inventory" });
  const mayWrite = useMay("stock:write");
  useLive({ feed: true });

  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("search") ?? "").trim();
    void navigate({ search: text === "" ? {} : { search: text } });
  };

  return (
    <Screen
      title={inventory}
      actions={
        mayWrite ? (
          <Group gap="xs">
            <ButtonLink to="/inventory/import" variant="default">
              {t.import}
            </ButtonLink>
            <ButtonLink to="/inventory/new">{t.newItem}</ButtonLink>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {t.readOnly}
          </Text>
        )
      }
    >
      <search>
        {/* Anew when the address says something else. */}
        <form onSubmit={find} key={search ?? ""}>
          <Group align="end" gap="xs">
            <TextInput
              name="search"
              label={t.search}
              defaultValue={search ?? ""}
              w={{ base: "100%", xs: 320 }}
              autoComplete="off"
            />
            <Button type="submit" variant="default">
              {t.find}
            </Button>
            {search === undefined ? null : (
              <Button variant="subtle" onClick={() => void navigate({ search: {} })}>
                {t.showAll}
              </Button>
            )}
          </Group>
        </form>
      </search>
      <DataTable
        id="items"
        label={inventory}
        columns={columnsOf(t, locale)}
        rowKey={({ id }) => id}
        queryKey={["offerings", "items", search ?? null]}
        load={async (place) => {
          const query = { ...place, ...(search === undefined ? {} : { search }) };
          const { data, next } = await done(api.GET("/v1/items", { params: { query } }));
          return { data, next: next ?? null };
        }}
        onOpen={({ id }) => void navigate({ to: "/inventory/$item", params: { item: id } })}
        empty={
          search === undefined ? (
            <EmptyState title={t.emptyTitle}>{mayWrite ? t.empty : t.emptyReadOnly}</EmptyState>
          ) : (
            <EmptyState title={t.nothingFound(search)}>{t.nothingFoundWhat}</EmptyState>
          )
        }
      />
    </Screen>
  );
}

type Words = typeof INVENTORY_TEXTS.en;

function columnsOf(t: Words, locale: Locale): Column<Item>[] {
  return [
    {
      key: "name",
      header: t.name,
      cell: (item) => (
        <TextLink to="/inventory/$item" params={{ item: item.id }} inherit>
          {item.name}
        </TextLink>
      ),
    },
    { key: "sku", header: t.sku, cell: ({ sku }) => sku },
    { key: "state", header: t.state, cell: (item) => <StateBadge item={item} /> },
    ...(["available", "held", "confirmed", "capacity"] as const).map((of) => ({
      key: of,
      header: t[of],
      numeric: true,
      cell: (item: Item) => <LiveCount item={item} of={of} />,
    })),
    {
      key: "price",
      header: t.price,
      numeric: true,
      cell: ({ price }) => (price === null ? "–" : money(price, locale)),
    },
  ];
}
