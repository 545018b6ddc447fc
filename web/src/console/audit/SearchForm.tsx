/** Text filters that live in the address. */
import { Button, Group, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { given } from "../parts/search.ts";
import type { AuditSearch } from "./search.ts";
import { AUDIT_TEXTS } from "./texts.ts";

type Name = Exclude<keyof AuditSearch, "view">;

export interface Field {
  name: Name;
  label: string;
  hint: string;
  error?: string | undefined;
}

export function SearchForm({ fields, label }: { label: string; fields: Field[] }) {
  const t = useTexts(AUDIT_TEXTS);
  const search = useSearch({ from: "/inside/audit" });
  const navigate = useNavigate();
  const [draft, setDraft] = useState(search);
  // Back and forward change the address under the form.
  const [shown, setShown] = useState(search);
  if (shown !== search) {
    setShown(search);
    setDraft(search);
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = Object.entries(draft).map(([name, value]) => [name, value?.trim()]);
    void navigate({ to: "/audit", search: given(Object.fromEntries(trimmed) as AuditSearch) });
  };
  const any = fields.some(({ name }) => search[name] !== undefined);
  return (
    <form onSubmit={submit} aria-label={label}>
      <Group gap="sm" align="end">
        {fields.map(({ error, hint, label, name }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={hint}
            size="xs"
            w={220}
            maxLength={200}
            error={error}
            value={draft[name] ?? ""}
            onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" size="xs">
          {t.search}
        </Button>
        {any ? (
          <Button
            size="xs"
            variant="default"
            onClick={() => void navigate({ to: "/audit", search: given({ view: search.view }) })}
          >
            {t.clear}
          </Button>
        ) : null}
      </Group>
    </form>
  );
}
