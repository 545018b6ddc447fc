import { Button, Group, Text, TextInput } from "@mantine/core";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type FormEvent, useState } from "react";
import { isLanguage, languageName } from "./languages.ts";
import { TEMPLATE_TEXTS } from "./templateTexts.ts";

interface NewLanguageProps {
  /** Those that there are already. */
  languages: readonly string[];
  onBegin: (language: string) => void;
}

/** A language gets a column; it is there for customers as soon as something is written in it. */
export function NewLanguage({ languages, onBegin }: NewLanguageProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  const { locale } = useLocale();
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [said, setSaid] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = code.trim();
    const wrong = !isLanguage(wanted) ? t.badLanguage : languages.includes(wanted) ? t.isThere : "";
    setError(wrong);
    if (wrong !== "") return;
    onBegin(wanted);
    setCode("");
    setSaid(t.added(languageName(wanted, locale)));
  };
  return (
    <form onSubmit={submit}>
      <Group gap="sm" align="end">
        <TextInput
          label={t.newLanguage}
          placeholder={t.newLanguageHint}
          size="xs"
          w={200}
          maxLength={10}
          spellCheck={false}
          autoCapitalize="off"
          value={code}
          error={error === "" ? undefined : error}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            setError("");
            setSaid("");
          }}
        />
        <Button type="submit" size="xs" variant="default">
          {t.add}
        </Button>
      </Group>
      <Text size="sm" role="status" mt={4}>
        {said}
      </Text>
    </form>
  );
}
