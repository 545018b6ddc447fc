/** Language and colours, kept in this browser. The browser's own lists: they are on every page, and
 * the library's weigh more than what they are for. */
import { Group, useMantineColorScheme } from "@mantine/core";
import { LOCALE_NAMES, LOCALES, type Locale, texts, useLocale, useTexts } from "../i18n/i18n.tsx";
import classes from "./Preferences.module.css";

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
      <select
        className={classes.list}
        aria-label={t.language}
        value={locale}
        onChange={(event) => setLocale(event.currentTarget.value as Locale)}
      >
        {LOCALES.map((value) => (
          <option key={value} value={value}>
            {LOCALE_NAMES[value]}
          </option>
        ))}
      </select>
      <select
        className={classes.list}
        aria-label={t.colours}
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as "auto" | "light" | "dark")}
      >
        <option value="auto">{t.auto}</option>
        <option value="light">{t.light}</option>
        <option value="dark">{t.dark}</option>
      </select>
    </Group>
  );
}
