import { Alert, Button, Checkbox, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useState } from "react";
import { useSavePreferences } from "./acts.ts";
import { fieldOf } from "./fields.ts";
import { type Draft, draftOf, isSilent, KINDS, languages, requestOf, WAYS } from "./told.ts";
import { TOLD_TEXTS } from "./toldTexts.ts";

interface ToldFormProps {
  user: string;
  preferences: Schemas["PreferencesView"];
}

export function ToldForm({ preferences, user }: ToldFormProps) {
  const t = useTexts(TOLD_TEXTS);
  const { name } = useConfig().organization;
  const [draft, setDraft] = useState(() => draftOf(preferences));
  const [isSaved, setSaved] = useState(false);
  const save = useSavePreferences(user, (now) => {
    setDraft(draftOf(now));
    setSaved(true);
  });
  const put = (more: Partial<Draft>) => {
    setSaved(false);
    if (save.problem !== null) save.reset();
    setDraft({ ...draft, ...more });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSaved(false);
    save.start(requestOf(draft));
  };
  const field = fieldOf(save.problem);
  return (
    <form onSubmit={submit}>
      <Stack>
        <Checkbox.Group label={t.kinds} value={draft.kinds} onChange={(kinds) => put({ kinds })}>
          <Stack gap="sm" mt="xs">
            {KINDS.map((it) => (
              <Checkbox key={it} value={it} label={t[it]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox.Group
          label={t.ways}
          description={t.waysWhat(name)}
          value={draft.ways}
          onChange={(ways) => put({ ways })}
        >
          <Stack gap="sm" mt="xs">
            {WAYS.map((it) => (
              <Checkbox key={it} value={it} label={t[it]} />
            ))}
          </Stack>
        </Checkbox.Group>
        {isSilent(draft) ? <Text size="sm">{t.nothing}</Text> : null}
        <TextInput
          type="tel"
          label={t.phone}
          description={t.phoneWhat}
          autoComplete="tel"
          maxLength={40}
          value={draft.phone}
          error={field === "phone" ? t.badPhone : undefined}
          onChange={(event) => put({ phone: event.currentTarget.value })}
        />
        <NativeSelect
          label={t.language}
          description={t.languageWhat}
          value={draft.language}
          error={field === "language" ? t.badLanguage : undefined}
          onChange={(event) => put({ language: event.currentTarget.value })}
          data={[{ value: "", label: t.asOrganization(name) }, ...languages(draft.language)]}
        />
        {save.problem === null || field === "phone" || field === "language" ? null : (
          <ErrorState
            error={save.problem}
            onRepeat={save.problem.transient ? save.repeat : undefined}
          />
        )}
        {isSaved ? (
          <Alert color="green" role="status">
            {t.saved}
          </Alert>
        ) : null}
        <Button type="submit" loading={save.pending} style={{ alignSelf: "start" }}>
          {t.save}
        </Button>
      </Stack>
    </form>
  );
}
