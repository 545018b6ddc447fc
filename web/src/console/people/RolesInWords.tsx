import { Stack, Title } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Facts } from "../parts/Facts.tsx";
import { ROLES } from "./roles.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

export function RolesInWords() {
  const t = useTexts(PEOPLE_TEXTS);
  return (
    <Stack component="section" gap="xs" aria-label={t.roles} maw={760}>
      <Title order={2} size="h4">
        {t.roles}
      </Title>
      <Facts of={ROLES.map((role) => [t[role], t[`${role}May`]] as const)} />
    </Stack>
  );
}
