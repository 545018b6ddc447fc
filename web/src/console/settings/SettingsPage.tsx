import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { Guard } from "../parts/Guard.tsx";
import { OrganizationSection } from "./OrganizationSection.tsx";
import { ProfileSection } from "./ProfileSection.tsx";
import { SessionsSection } from "./SessionsSection.tsx";
import { SETTINGS_TEXTS } from "./texts.ts";

export function SettingsPage() {
  const t = useTexts(SETTINGS_TEXTS);
  return (
    <Guard permission="sessions:own" title={t.title}>
      <Screen title={t.title}>
        <OrganizationSection />
        <ProfileSection />
        <SessionsSection />
      </Screen>
    </Guard>
  );
}
