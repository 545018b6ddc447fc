import { Container, Text } from "@mantine/core";
import { SignInForm } from "@shared/auth/SignInForm.tsx";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CODE_TEXTS } from "./texts.ts";

export function SignInPage() {
  const t = useTexts(AUTH_TEXTS);
  const { forgotten } = useTexts(CODE_TEXTS);
  const search = useSearch({ from: "/account/sign-in" });
  const navigate = useNavigate();
  const { organization } = useConfig();
  return (
    <Container size={420} px={0}>
      <Screen title={t.signIn}>
        <SignInForm mode="sign-in" onDone={() => void navigate({ to: search.next ?? "/" })} />
        <TextLink to="/account/forgotten">{forgotten}</TextLink>
        {organization.open_registration ? (
          <Text>
            {t.noAccount}{" "}
            <TextLink to="/account/sign-up" search={search} underline="always">
              {t.signUp}
            </TextLink>
          </Text>
        ) : null}
      </Screen>
    </Container>
  );
}
