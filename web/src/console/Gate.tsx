/** Lets in who works here; everybody else signs in first, or sets up a server that nobody runs. */
import { Button, Container, Group, Text } from "@mantine/core";
import { SignInForm } from "@shared/auth/SignInForm.tsx";
import { session } from "@shared/auth/session.ts";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Preferences } from "@shared/ui/Preferences.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { CONSOLE_TEXTS } from "./texts.ts";

export function Gate() {
  const t = useTexts(CONSOLE_TEXTS);
  const auth = useTexts(AUTH_TEXTS);
  const { user } = useSession();
  const isSetUp = useMatchRoute()({ to: "/set-up" }) !== false;
  if (user !== null && user.role !== "customer") return <Outlet />;
  return (
    <Container component="main" size={420} py="xl">
      {user === null && isSetUp ? (
        <Outlet />
      ) : user === null ? (
        <Screen title={t.signIn}>
          <SignInForm mode="sign-in" />
        </Screen>
      ) : (
        <Screen title={t.notAllowed}>
          <Text>{t.notAllowedWhat}</Text>
          <Button onClick={() => void session.signOut()}>{auth.signOut}</Button>
        </Screen>
      )}
      <Group mt="xl">
        <Preferences />
      </Group>
    </Container>
  );
}
