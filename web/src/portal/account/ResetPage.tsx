/** A new password by a code that was sent: for one that is forgotten, or as an invitation. */
import { Button, Container, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useReset } from "./acts.ts";
import { fieldOf } from "./fields.ts";
import { CODE_TEXTS } from "./texts.ts";

export function ResetPage() {
  const t = useTexts(CODE_TEXTS);
  const search = useSearch({ from: "/account/reset" });
  const [code, setCode] = useState(search.code ?? "");
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  const reset = useReset(() => setDone(true));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.start({ code: code.trim(), password });
  };
  if (isDone)
    return (
      <Container size={420} px={0}>
        <Screen title={t.done}>
          <Text>{t.doneWhat}</Text>
          <ButtonLink to="/account/sign-in" style={{ alignSelf: "start" }}>
            {t.signIn}
          </ButtonLink>
        </Screen>
      </Container>
    );
  const field = fieldOf(reset.problem);
  return (
    <Container size={420} px={0}>
      <Screen title={t.reset}>
        <Text>{t.resetWhat}</Text>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t.code}
              required
              autoComplete="one-time-code"
              autoCapitalize="off"
              spellCheck={false}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={field === "code" ? t.badCode : undefined}
            />
            <PasswordInput
              label={t.password}
              description={t.passwordWhat}
              required
              minLength={8}
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={field === "password" ? t.weak : undefined}
            />
            {reset.problem === null || field !== null ? null : (
              <ErrorState error={reset.problem} onRepeat={reset.repeat} />
            )}
            <Button type="submit" loading={reset.pending}>
              {t.set}
            </Button>
          </Stack>
        </form>
        <TextLink to="/account/sign-in">{t.back}</TextLink>
      </Screen>
    </Container>
  );
}
