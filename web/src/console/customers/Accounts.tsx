import { Badge, Group, Text } from "@mantine/core";
import { api, page } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useNavigate } from "@tanstack/react-router";
import type { Member } from "../parts/People.tsx";
import { CUSTOMER_TEXTS } from "./texts.ts";

export function Accounts({ find }: { find: string }) {
  const t = useTexts(CUSTOMER_TEXTS);
  const { locale } = useLocale();
  const navigate = useNavigate();
  const columns: Column<Member>[] = [
    {
      key: "email",
      header: t.email,
      cell: ({ disabled_at, email, id }) => (
        <Group gap="xs">
          <TextLink
            to="/customers/$customer"
            params={{ customer: id }}
            size="sm"
            onClick={(event) => event.stopPropagation()}
          >
            {email}
          </TextLink>
          {disabled_at === null ? null : (
            <Badge miw="max-content" color="red" variant="light" tt="none">
              {t.shutOut}
            </Badge>
          )}
        </Group>
      ),
    },
    { key: "name", header: t.name, cell: ({ name }) => <Text size="sm">{name}</Text> },
    { key: "since", header: t.since, cell: ({ created_at }) => dateTime(created_at, locale) },
  ];
  const email = find === "" ? {} : { email: find };
  return (
    <DataTable
      id="customers"
      minWidth={600}
      label={t.accounts}
      columns={columns}
      rowKey={({ id }) => id}
      queryKey={["users", "customers", find]}
      load={(place) =>
        page(
          api.GET("/v1/users", { params: { query: { role: "customer", ...email, ...place } } }),
        ).then(({ data }) => ({ data: data.data, next: data.next ?? null }))
      }
      onOpen={({ id }) => void navigate({ to: "/customers/$customer", params: { customer: id } })}
      empty={
        find === "" ? (
          <EmptyState title={t.none}>{t.noneWhat}</EmptyState>
        ) : (
          <EmptyState title={t.noMatch}>{t.noMatchWhat}</EmptyState>
        )
      }
    />
  );
}
