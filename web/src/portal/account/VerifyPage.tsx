/** The code that shows that an e-mail address is one's own. */
import { Button, Container, Group, Stack, Text, TextInput } from "@mantine/core";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useSendVerification, useVerify } from "./acts.ts";
import { fieldOf } from "./fields.ts";
import { CODE_TEXTS } from "./texts.ts";

export function VerifyPage() {
  const t = useTexts(CODE_TEXTS);
  const { user, verified } = useSession();
  const search = useSearch({ from: "/account/verify" });
  const [code, setCode] = useState(search.code ?? "");
  const [isDone, setDone] = useState(false);
  const verify = useVerify(() => setDone(true));
  const send = useSendVerification();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.start(code.trim());
  };
  if (isDone || (user !== null && verified))
    return (
      <Container size={420} px={0}>
        <Screen title={t.verified}>
          <ButtonLink to="/" style={{ alignSelf: "start" }}>
            {t.goOn}
          </ButtonLink>
        </Screen>
      </Container>
    );
  const bad = fieldOf(verify.problem) === "code";
  return (
    <Container size={420} px={0}>
      <Screen title={t.verify}>
        <Text>{user === null ? t.verifyAny : t.verifyWhat(user.email)}</Text>
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
              error={bad ? t.badCode : undefined}
            />
            {verify.problem === null || bad ? null : (
              <ErrorState error={verify.problem} onRepeat={verify.repeat} />
            )}
            <Button type="submit" loading={verify.pending}>
              {t.confirm}
            </Button>
          </Stack>
        </form>
        {user === null ? null : (
          <Group justify="space-between">
            <Button
              variant="subtle"
              size="sm"
              px={0}
              loading={send.pending}
              onClick={() => send.start()}
            >
              {t.send}
            </Button>
            <TextLink to="/">{t.later}</TextLink>
          </Group>
        )}
        {send.result === undefined ? null : <Text role="status">{t.sent}</Text>}
        {send.problem === null ? null : <ErrorState error={send.problem} onRepeat={send.repeat} />}
      </Screen>
    </Container>
  );
}
