import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { Facts } from "../parts/Facts.tsx";
import { PEOPLE_TEXTS } from "../people/texts.ts";
import { PasswordForm } from "./PasswordForm.tsx";
import { SETTINGS_TEXTS } from "./texts.ts";

export function ProfileSection() {
  const t = useTexts(SETTINGS_TEXTS);
  const people = useTexts(PEOPLE_TEXTS);
  const { user, verified } = useSession();
  const [sent, setSent] = useState(false);
  const send = useIntent<void, unknown>({
    run: () => done(api.POST("/api/auth/verify/send")),
    onDone: () => setSent(true),
  });
  if (user === null) return null;
  return (
    <Stack component="section" gap="sm" aria-label={t.profile}>
      <Title order={2} size="h4">
        {t.profile}
      </Title>
      <Facts
        of={[
          [t.email, user.email],
          [t.name, user.name],
          [t.role, `${people[user.role]}. ${people[`${user.role}May`]}`],
        ]}
      />
      {verified ? null : (
        <Group gap="sm">
          <Text size="sm">{sent ? t.codeSent : t.unverified}</Text>
          <Button size="xs" variant="default" loading={send.pending} onClick={() => send.start()}>
            {t.verify}
          </Button>
        </Group>
      )}
      {send.problem === null ? null : <ErrorState error={send.problem} onRepeat={send.repeat} />}
      <PasswordForm email={user.email} />
    </Stack>
  );
}
