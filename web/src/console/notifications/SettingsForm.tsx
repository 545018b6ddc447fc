/** By which ways customers are told, what, and how long before. */
import { Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import { CHANNELS, KINDS } from "./kinds.ts";
import { readSettings, SETTINGS, type Settings } from "./queries.ts";
import { RemindersInput } from "./RemindersInput.tsx";
import { type Draft, draftOf, isSame, requestOf } from "./settings.ts";
import { SETTINGS_TEXTS } from "./settingsTexts.ts";
import { CHANNEL_TEXTS, KIND_TEXTS } from "./texts.ts";
import { useUnchanged } from "./useUnchanged.ts";
import { inWords } from "./words.ts";

const FIELDS = ["channels", "kinds", "language", "reminder_minutes", "expiry_seconds"];

interface SettingsFormProps {
  settings: Settings;
  /** Show what it is now instead of what was typed. */
  onAnew: () => void;
}

export function SettingsForm({ onAnew, settings }: SettingsFormProps) {
  const t = useTexts(SETTINGS_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const channels = useTexts(CHANNEL_TEXTS);
  const { locale } = useLocale();
  const client = useQueryClient();
  const unchanged = useUnchanged();
  // What is typed is held against what it began with, whatever is heard meanwhile.
  const [before, setBefore] = useState(settings);
  const [draft, setDraft] = useState(() => draftOf(settings));
  const [said, setSaid] = useState("");
  const save = useIntent<Schemas["NotificationSettingsRequest"], Settings>({
    run: async (key, body) => {
      await unchanged(key, before.updated_at, readSettings);
      return done(
        api.PUT("/v1/notifications/settings", {
          params: { header: { "Idempotency-Key": key } },
          body,
        }),
      );
    },
    onDone: (now) => {
      client.setQueryData(SETTINGS, now);
      setBefore(now);
      setDraft(draftOf(now));
      setSaid(t.saved);
    },
  });
  const { problem } = save;
  const put = (more: Partial<Draft>) => {
    setSaid("");
    // What was refused may stand at another place by now.
    if (problem !== null) save.reset();
    setDraft({ ...draft, ...more });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.start(requestOf(draft));
  };
  const isOld = isProblem(problem, "version_conflict");
  return (
    <form onSubmit={submit}>
      <Stack maw={720}>
        <Text size="sm" c="dimmed">
          {before.updated_at === null ? t.never : t.changed(dateTime(before.updated_at, locale))}{" "}
          {t.what}
        </Text>
        <Checkbox.Group
          label={t.channels}
          description={t.channelsWhat}
          error={fieldError(problem, "channels")}
          value={draft.channels}
          onChange={(chosen) => put({ channels: chosen })}
        >
          <Stack gap={8} mt="xs">
            {CHANNELS.map((it) => (
              <Checkbox key={it} value={it} label={channels[it]} description={t[`${it}What`]} />
            ))}
          </Stack>
        </Checkbox.Group>
        {draft.channels.length === 0 ? <Text size="sm">{t.noChannels}</Text> : null}
        <Checkbox.Group
          label={t.kinds}
          error={fieldError(problem, "kinds")}
          value={draft.kinds}
          onChange={(chosen) => put({ kinds: chosen })}
        >
          <Stack gap={8} mt="xs">
            {KINDS.map((it) => (
              <Checkbox key={it} value={it} label={kinds[it]} description={t[`${it}What`]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <RemindersInput
          minutes={draft.minutes}
          problem={problem}
          onChange={(minutes) => put({ minutes })}
        />
        <NumberInput
          label={t.warning}
          description={t.warningWhat(inWords(Number(draft.expiry), locale))}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          withAsterisk={false}
          min={1}
          allowDecimal={false}
          maw={340}
          value={draft.expiry}
          error={fieldError(problem, "expiry_seconds")}
          onChange={(expiry) => put({ expiry })}
        />
        <TextInput
          label={t.language}
          description={t.languageWhat}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          withAsterisk={false}
          maw={340}
          spellCheck={false}
          autoCapitalize="off"
          value={draft.language}
          error={fieldError(problem, "language")}
          onChange={(event) => put({ language: event.currentTarget.value })}
        />
        {problem === null || fieldError(problem, ...FIELDS) !== undefined ? null : (
          <ErrorState error={problem} onRepeat={problem.transient ? save.repeat : undefined} />
        )}
        <Group>
          <Button
            type="submit"
            size="xs"
            disabled={isSame(draft, draftOf(before))}
            loading={save.pending}
          >
            {t.save}
          </Button>
          {isOld ? (
            <Button size="xs" variant="default" onClick={onAnew}>
              {t.anew}
            </Button>
          ) : null}
          <Text size="sm" role="status">
            {said}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
