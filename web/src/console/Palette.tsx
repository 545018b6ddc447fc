/** Every screen by its name: Ctrl K. Loaded after everything else. */
import { Spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useNavigate } from "@tanstack/react-router";
import { CONSOLE_TEXTS } from "./texts.ts";
import { useScreens } from "./useScreens.ts";

export default function Palette() {
  const t = useTexts(CONSOLE_TEXTS);
  const navigate = useNavigate();
  const actions = useScreens().map(({ key, name, to }) => ({
    id: name,
    label: t[name],
    rightSection: `g ${key}`,
    onClick: () => void navigate({ to }),
  }));
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      highlightQuery
      nothingFound={t.noMatch}
      searchProps={{ placeholder: t.search, "aria-label": t.search }}
    />
  );
}
