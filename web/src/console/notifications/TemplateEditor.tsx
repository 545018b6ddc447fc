/** The words for one kind in one language. What is typed is shown filled in, beside it. */
import {
  Badge,
  Button,
  Group,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import type { Kind } from "./kinds.ts";
import { languageName } from "./languages.ts";
import { readTemplate, TEMPLATES, type Template } from "./queries.ts";
import { RestoreButton } from "./RestoreButton.tsx";
import { Places, TemplatePreview } from "./TemplatePreview.tsx";
import { LONGEST_SUBJECT, LONGEST_TEXT, type Words } from "./templates.ts";
import { TEMPLATE_TEXTS } from "./templateTexts.ts";
import { KIND_TEXTS } from "./texts.ts";
import { usePreview } from "./usePreview.ts";
import { useUnchanged } from "./useUnchanged.ts";

interface TemplateEditorProps {
  kind: Kind;
  language: string;
  /** `null`: there is none yet. */
  template: Template | null;
  start: Words;
  /** Show what it is now instead of what was typed. */
  onAnew: () => void;
}

export function TemplateEditor({ kind, language, onAnew, start, template }: TemplateEditorProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const { locale } = useLocale();
  const client = useQueryClient();
  const navigate = useNavigate();
  const unchanged = useUnchanged();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const [before, setBefore] = useState(template);
  const [words, setWords] = useState(start);
  const [said, setSaid] = useState("");
  const preview = usePreview(kind, language, words);
  const save = useIntent<Words, Template>({
    run: async (key, body) => {
      await unchanged(key, before?.updated_at ?? null, () => readTemplate(kind, language));
      return done(
        api.PUT("/v1/notifications/templates/{kind}/{language}", {
          params: { path: { kind, language }, header: { "Idempotency-Key": key } },
          body,
        }),
      );
    },
    onDone: (now) => {
      setBefore(now);
      setSaid(t.saved);
      void client.invalidateQueries({ queryKey: TEMPLATES });
    },
  });
  const restored = (now: Template | null) => {
    void client.invalidateQueries({ queryKey: TEMPLATES });
    if (now === null) {
      void navigate({ to: "/notifications", search: { view: "templates" } });
      return;
    }
    setBefore(now);
    setWords({ subject: now.subject, text: now.text });
    setSaid(t.restored);
    // The button that was pressed goes with the dialog.
    setTimeout(() => heading.current?.focus());
  };
  const put = (more: Partial<Words>) => {
    setSaid("");
    if (save.problem !== null) save.reset();
    setWords({ ...words, ...more });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.start(words);
  };
  const refused = save.problem ?? preview.data?.refused ?? null;
  const isOwn = before !== null && before.updated_at !== null;
  const isSame = before?.subject === words.subject && before.text === words.text;
  const isOld: boolean = isProblem(save.problem, "version_conflict");
  const isFull: boolean = isProblem(save.problem, "limit_exceeded");
  return (
    <Stack gap="md">
      <TextLink
        to="/notifications"
        search={{ view: "templates" }}
        size="sm"
        style={{ alignSelf: "start" }}
      >
        {t.back}
      </TextLink>
      <Group gap="sm">
        <Title order={2} size="h4" ref={heading} tabIndex={-1} style={{ outline: "none" }}>
          {kinds[kind]}, {languageName(language, locale)}
        </Title>
        {before === null ? null : (
          <Badge color={isOwn ? "blue" : "gray"} variant="light" tt="none" miw="max-content">
            {isOwn ? t.own : t.shipped}
          </Badge>
        )}
        {/* Not in the form: what is sent off in its dialog would send the form off as well. */}
        {isOwn ? <RestoreButton kind={kind} language={language} onRestored={restored} /> : null}
      </Group>
      {before === null ? <Text size="sm">{t.fresh}</Text> : null}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t.subject}
              required
              maxLength={LONGEST_SUBJECT}
              lang={language}
              dir="auto"
              value={words.subject}
              error={fieldError(refused, "subject")}
              onChange={(event) => put({ subject: event.currentTarget.value })}
            />
            <Textarea
              label={t.text}
              required
              autosize
              minRows={12}
              maxRows={28}
              maxLength={LONGEST_TEXT}
              lang={language}
              dir="auto"
              value={words.text}
              error={fieldError(refused, "text")}
              onChange={(event) => put({ text: event.currentTarget.value })}
            />
            {isFull ? (
              <Text size="sm" role="alert" c="var(--mantine-color-error)">
                {t.tooMany}
              </Text>
            ) : save.problem === null ||
              fieldError(save.problem, "subject", "text") !== undefined ? null : (
              <ErrorState
                error={save.problem}
                onRepeat={save.problem.transient ? save.repeat : undefined}
              />
            )}
            <Group>
              <Button type="submit" size="xs" disabled={isSame} loading={save.pending}>
                {t.save}
              </Button>
              {isOld ? (
                <Button size="xs" variant="default" onClick={onAnew}>
                  {t.anew}
                </Button>
              ) : null}
            </Group>
            <Text size="sm" role="status">
              {said}
            </Text>
          </Stack>
        </form>
        <Stack gap="lg">
          <TemplatePreview
            shown={preview.data?.shown}
            language={language}
            error={preview.error}
            onRepeat={() => void preview.refetch()}
          />
          <Places kind={kind} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}
