import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { CONSOLE_TEXTS } from "./texts.ts";

export function NotFound() {
  const t = useTexts(CONSOLE_TEXTS);
  return (
    <Screen title={t.nothing}>
      <TextLink to="/sale">{t.sale}</TextLink>
    </Screen>
  );
}
