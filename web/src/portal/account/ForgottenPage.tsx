/** Have a code sent for a new password. Whether there is an account is not said. */
import { Alert, Button, Container, Stack, Text, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useState } from "react";
import { useForgotten } from "./acts.ts";
import { CODE_TEXTS } from "./texts.ts";

export function ForgottenPage() {
  const t = useTexts(CODE_TEXTS);
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const forgotten = useForgotten(setSentTo);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    forgotten.start(email.trim());
  };
  return (
    <Container size={420} px={0}>
      <Screen title={t.forgotten}>
        <Text>{t.forgottenWhat}</Text>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t.email}
              type="email"
              required
              autoComplete="username"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            {forgotten.problem === null ? null : (
              <ErrorState error={forgotten.problem} onRepeat={forgotten.repeat} />
            )}
            <Button type="submit" loading={forgotten.pending}>
              {t.sendCode}
            </Button>
          </Stack>
        </form>
        {sentTo === null ? null : (
          <Alert color="green" role="status">
            <Stack gap="xs" align="start">
              <Text size="sm">{t.sentTo(sentTo)}</Text>
              <ButtonLink to="/account/reset" size="xs">
                {t.haveCode}
              </ButtonLink>
            </Stack>
          </Alert>
        )}
        <TextLink to="/account/sign-in">{t.back}</TextLink>
      </Screen>
    </Container>
  );
}
