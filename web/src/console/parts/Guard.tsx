/** A screen for those who may see it. Whoever follows a link to it without the right is told why. */
import { Stack, Text } from "@mantine/core";
import { type Permission, useMe } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { LoadingState } from "@shared/ui/states.tsx";
import type { ReactNode } from "react";
import { useScreens } from "../useScreens.ts";
import { PART_TEXTS } from "./texts.ts";

interface GuardProps {
  permission: Permission;
  title: string;
  children: ReactNode;
}

export function Guard({ children, permission, title }: GuardProps) {
  const t = useTexts(PART_TEXTS);
  const me = useMe();
  const [first] = useScreens();
  if (me?.permissions.includes(permission)) return <>{children}</>;
  return (
    <Screen title={title}>
      {me === undefined ? (
        <LoadingState />
      ) : (
        <Stack align="start" data-refused={permission}>
          <Text fw={600}>{t.notForYou}</Text>
          <Text c="dimmed">{t.notForYouWhat(permission)}</Text>
          {first === undefined ? null : (
            <ButtonLink to={first.to} variant="default">
              {t.elsewhere}
            </ButtonLink>
          )}
        </Stack>
      )}
    </Screen>
  );
}
