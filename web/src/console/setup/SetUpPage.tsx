/** The first administrator of a server that nobody runs yet, by the code that it has printed. */
import { Button, Container, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { session } from "@shared/auth/session.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import { useOnce } from "../parts/useOnce.ts";
import { SET_UP_TEXTS } from "./texts.ts";

interface Asked {
  code: string;
  email: string;
  password: string;
}

export function SetUpPage() {
  const t = useTexts(SET_UP_TEXTS);
  const navigate = useNavigate();
  // Behind the `#`, so that it is in no server's log.
  const hash = useLocation({ select: (it) => it.hash });
  const [asked, setAsked] = useState<Asked>(() => ({
    code: new URLSearchParams(hash).get("code") ?? "",
    email: "",
    password: "",
  }));
  // Never repeated by itself: the code is good once, and would be refused though it was taken.
  const setUp = useOnce<Asked, void>({
    run: ({ code, email, password }) => session.setUp(code.trim(), email, password),
    // The code is in nobody's history any more.
    onDone: () => void navigate({ to: "/sale", replace: true }),
  });
  const { problem } = setUp;
  const change = (part: Partial<Asked>) => setAsked({ ...asked, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.start(asked);
  };
  const [atCode, atEmail, atPassword] = [
    fieldError(problem, "code") && t.badCode,
    fieldError(problem, "email") && t.badEmail,
    fieldError(problem, "password") && t.weak,
  ];
  return (
    <Container size={420} px={0}>
      <Screen title={t.title}>
        <Text>{t.what}</Text>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t.code}
              description={t.codeWhat}
              required
              autoComplete="one-time-code"
              autoCapitalize="off"
              spellCheck={false}
              value={asked.code}
              onChange={(event) => change({ code: event.currentTarget.value })}
              error={atCode}
            />
            <TextInput
              label={t.email}
              type="email"
              required
              autoComplete="username"
              value={asked.email}
              onChange={(event) => change({ email: event.currentTarget.value })}
              error={atEmail}
            />
            <PasswordInput
              label={t.password}
              description={t.passwordWhat}
              required
              minLength={8}
              autoComplete="new-password"
              value={asked.password}
              onChange={(event) => change({ password: event.currentTarget.value })}
              error={atPassword}
            />
            {problem === null || atCode || atEmail || atPassword ? null : (
              <ErrorState error={problem} />
            )}
            <Button type="submit" loading={setUp.pending}>
              {t.submit}
            </Button>
          </Stack>
        </form>
        <TextLink to="/sale">{t.signIn}</TextLink>
      </Screen>
    </Container>
  );
}
