import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { CONSOLE_TEXTS } from "../texts.ts";

export function PeoplePage() {
  const t = useTexts(CONSOLE_TEXTS);
  return (
    <Screen title={t.people}>
      <EmptyState title={t.notYet} />
    </Screen>
  );
}
