import { Container, Text } from "@mantine/core";
import { SignInForm } from "@shared/auth/SignInForm.tsx";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";

export function SignUpPage() {
  const t = useTexts(AUTH_TEXTS);
  const search = useSearch({ from: "/account/sign-up" });
  const navigate = useNavigate();
  const { organization } = useConfig();
  return (
    <Container size={420} px={0}>
      <Screen title={t.signUp}>
        {organization.open_registration ? (
          <>
            <SignInForm
              mode="sign-up"
              onDone={() => void navigate({ to: search.next ?? "/account/verify" })}
            />
            <Text>
              {t.haveAccount}{" "}
              <TextLink to="/account/sign-in" search={search} underline="always">
                {t.signIn}
              </TextLink>
            </Text>
          </>
        ) : (
          <EmptyState title={t.closed}>
            <Text>{t.closedWhat}</Text>
            <ButtonLink to="/account/sign-in" search={search}>
              {t.signIn}
            </ButtonLink>
          </EmptyState>
        )}
      </Screen>
    </Container>
  );
}
