/** Language and colours, kept in this browser. */
import { Group, NativeSelect, useMantineColorScheme } from "@mantine/core";
import { LOCALE_NAMES, LOCALES, type Locale, texts, useLocale, useTexts } from "../i18n/i18n.tsx";

const TEXTS = texts({
  en: {
    language: "Language",
    colours: "Colours",
    auto: "As the device",
    light: "Light",
    dark: "Dark",
  },
  de: {
    language: "Sprache",
    colours: "Farben",
    auto: "Wie das Gerät",
    light: "Hell",
    dark: "Dunkel",
  },
});

export function Preferences() {
  const t = useTexts(TEXTS);
  const { locale, setLocale } = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs">
      <NativeSelect
        size="xs"
        aria-label={t.language}
        value={locale}
        onChange={(event) => setLocale(event.currentTarget.value as Locale)}
        data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
      />
      <NativeSelect
        size="xs"
        aria-label={t.colours}
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as "auto" | "light" | "dark")}
        data={[
          { value: "auto", label: t.auto },
          { value: "light", label: t.light },
          { value: "dark", label: t.dark },
        ]}
      />
    </Group>
  );
}
