import { texts, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";

const TEXTS = texts({
  en: { title: "There is nothing here", back: "See what is on sale" },
  de: { title: "Hier ist nichts", back: "Zum Verkauf" },
});

export function NotFound() {
  const t = useTexts(TEXTS);
  return (
    <Screen title={t.title}>
      <TextLink to="/">{t.back}</TextLink>
    </Screen>
  );
}
