import { Tabs } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Guard } from "../parts/Guard.tsx";
import { ActsView } from "./ActsView.tsx";
import { LedgerView } from "./LedgerView.tsx";
import { VIEWS, type View } from "./search.ts";
import { AUDIT_TEXTS } from "./texts.ts";
import { VerifyView } from "./VerifyView.tsx";

export function AuditPage() {
  const t = useTexts(AUDIT_TEXTS);
  return (
    <Guard permission="audit:read" title={t.title}>
      <Audit />
    </Guard>
  );
}

function Audit() {
  const t = useTexts(AUDIT_TEXTS);
  const { view = "acts" } = useSearch({ from: "/inside/audit" });
  const navigate = useNavigate();
  const show = (chosen: string | null) =>
    void navigate({ to: "/audit", search: { view: (chosen ?? "acts") as View } });
  return (
    <Screen title={t.title}>
      <Tabs value={view} onChange={show} keepMounted={false}>
        <Tabs.List aria-label={t.tabs} mb="md">
          {VIEWS.map((it) => (
            <Tabs.Tab key={it} value={it}>
              {t[it]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="acts">
          <ActsView />
        </Tabs.Panel>
        <Tabs.Panel value="ledger">
          <LedgerView />
        </Tabs.Panel>
        <Tabs.Panel value="verify">
          <VerifyView />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}
