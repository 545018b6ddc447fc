/** Who one is, the password, and where one is signed in. */
import { Alert, Group, Stack, Text } from "@mantine/core";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { ChangePassword } from "./ChangePassword.tsx";
import { Sessions } from "./Sessions.tsx";
import { Told } from "./Told.tsx";
import { ACCOUNT_TEXTS } from "./texts.ts";

export function AccountPage() {
  const t = useTexts(ACCOUNT_TEXTS);
  const { signIn } = useTexts(AUTH_TEXTS);
  const { user, verified } = useSession();
  if (user === null)
    return (
      <Screen title={t.title}>
        <EmptyState title={t.signIn}>
          <ButtonLink to="/account/sign-in" search={{ next: "/account" }}>
            {signIn}
          </ButtonLink>
        </EmptyState>
      </Screen>
    );
  return (
    <Screen title={t.title}>
      <Stack gap={4}>
        {user.name === null ? null : (
          <Text size="lg" fw={600} component="bdi">
            {user.name}
          </Text>
        )}
        <Text>{user.email}</Text>
        {verified ? (
          <Text size="sm" c="dimmed">
            {t.verified}
          </Text>
        ) : null}
      </Stack>
      {verified ? null : (
        <Alert color="yellow" title={t.unverified}>
          <Stack gap="xs" align="start">
            <Text size="sm">{t.unverifiedWhat}</Text>
            <Group>
              <ButtonLink to="/account/verify" size="xs">
                {t.enterCode}
              </ButtonLink>
            </Group>
          </Stack>
        </Alert>
      )}
      <Told user={user.id} />
      <ChangePassword email={user.email} />
      <Sessions />
    </Screen>
  );
}
