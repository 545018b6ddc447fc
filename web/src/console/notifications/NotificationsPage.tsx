import { Tabs } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Guard } from "../parts/Guard.tsx";
import { SentView } from "./SentView.tsx";
import { SettingsView } from "./SettingsView.tsx";
import { VIEWS, type View } from "./search.ts";
import { TemplatesView } from "./TemplatesView.tsx";
import { NOTIFICATION_TEXTS } from "./texts.ts";

export function NotificationsPage() {
  const t = useTexts(NOTIFICATION_TEXTS);
  return (
    <Guard permission="notifications:write" title={t.title}>
      <Notifications />
    </Guard>
  );
}

function Notifications() {
  const t = useTexts(NOTIFICATION_TEXTS);
  const { view = "sent" } = useSearch({ from: "/inside/notifications" });
  const navigate = useNavigate();
  const show = (chosen: string | null) =>
    void navigate({ to: "/notifications", search: { view: (chosen ?? "sent") as View } });
  return (
    <Screen title={t.title}>
      <Tabs value={view} onChange={show} keepMounted={false}>
        <Tabs.List aria-label={t.tabs} mb="md">
          {VIEWS.map((it) => (
            <Tabs.Tab key={it} value={it}>
              {t[`view_${it}`]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="sent">
          <SentView />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsView />
        </Tabs.Panel>
        <Tabs.Panel value="templates">
          <TemplatesView />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}
