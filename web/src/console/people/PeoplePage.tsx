import { Badge, Button, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { api, page } from "@shared/api/client.ts";
import { useMay, useMe } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Guard } from "../parts/Guard.tsx";
import type { Member } from "../parts/People.tsx";
import { given } from "../parts/search.ts";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { RolesInWords } from "./RolesInWords.tsx";
import { givable, ROLES, type Role } from "./roles.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

export function PeoplePage() {
  const t = useTexts(PEOPLE_TEXTS);
  return (
    <Guard permission="users:read" title={t.title}>
      <People />
    </Guard>
  );
}

function People() {
  const t = useTexts(PEOPLE_TEXTS);
  const { locale } = useLocale();
  const search = useSearch({ from: "/inside/people" });
  const navigate = useNavigate();
  const me = useMe();
  const mayWrite = useMay("users:write");
  const roles = givable(me?.permissions ?? []);
  const [email, setEmail] = useState(search.email ?? "");
  const [dialog, setDialog] = useState<Member | "invite" | null>(null);
  const [said, setSaid] = useState("");
  const goTo = (next: { role?: Role; email?: string }) =>
    void navigate({ to: "/people", search: given(next) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    goTo({ ...search, email: email.trim() });
  };
  const close = (words = "") => {
    setDialog(null);
    setSaid(words);
  };

  const columns: Column<Member>[] = [
    {
      key: "email",
      header: t.email,
      cell: (it) => (
        <Group gap="xs">
          <Text size="sm">{it.email}</Text>
          {it.email === me?.email ? (
            <Badge miw="max-content" variant="light" color="blue" tt="none">
              {t.you}
            </Badge>
          ) : null}
        </Group>
      ),
    },
    { key: "name", header: t.name, cell: ({ name }) => name ?? "" },
    { key: "role", header: t.role, cell: ({ role }) => t[role] },
    {
      key: "state",
      header: t.state,
      cell: ({ disabled_at }) =>
        disabled_at === null ? (
          t.active
        ) : (
          <Badge miw="max-content" color="red" variant="light" tt="none">
            {t.shutOut}
          </Badge>
        ),
    },
    { key: "since", header: t.since, cell: ({ created_at }) => dateTime(created_at, locale) },
  ];
  const change: Column<Member> = {
    key: "change",
    header: "",
    label: t.change,
    cell: (it) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t.changeTitle(it.email)}
        onClick={() => setDialog(it)}
      >
        {t.change}
      </Button>
    ),
  };

  return (
    <Screen
      title={t.title}
      actions={
        mayWrite ? (
          <Button size="xs" onClick={() => setDialog("invite")}>
            {t.invite}
          </Button>
        ) : null
      }
    >
      {mayWrite ? null : (
        <Text size="sm" c="dimmed">
          {t.readOnly}
        </Text>
      )}
      <form onSubmit={submit}>
        <Group gap="sm" align="end">
          <NativeSelect
            label={t.role}
            size="xs"
            value={search.role ?? ""}
            onChange={(event) => goTo({ ...search, role: event.currentTarget.value as Role })}
            data={[
              { value: "", label: t.anyRole },
              ...ROLES.map((value) => ({ value, label: t[value] })),
            ]}
          />
          <TextInput
            label={t.find}
            size="xs"
            w={240}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Button type="submit" size="xs">
            {t.search}
          </Button>
          {search.role === undefined && search.email === undefined ? null : (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                setEmail("");
                goTo({});
              }}
            >
              {t.clear}
            </Button>
          )}
        </Group>
      </form>
      <Text size="sm" role="status">
        {said}
      </Text>
      <DataTable
        id="people"
        minWidth={820}
        label={t.title}
        columns={mayWrite ? [...columns, change] : columns}
        rowKey={({ id }) => id}
        queryKey={["users", search.role, search.email]}
        load={(place) =>
          page(api.GET("/v1/users", { params: { query: { ...given(search), ...place } } })).then(
            ({ data }) => ({ data: data.data, next: data.next ?? null }),
          )
        }
        empty={<EmptyState title={t.none}>{t.noneWhat}</EmptyState>}
      />
      <RolesInWords />
      {dialog === "invite" ? <InviteDialog roles={roles} onClose={close} /> : null}
      {dialog === null || dialog === "invite" ? null : (
        <ChangeDialog
          member={dialog}
          isMe={dialog.email === me?.email}
          roles={roles}
          onClose={close}
        />
      )}
    </Screen>
  );
}
