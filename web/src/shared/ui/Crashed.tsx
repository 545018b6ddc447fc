/** Instead of a screen that has failed in itself. */
import { Button, Stack, Text } from "@mantine/core";
import { texts, useTexts } from "../i18n/i18n.tsx";
import { Screen } from "./Screen.tsx";

const TEXTS = texts({
  en: {
    title: "This screen has failed",
    what: "That is a defect of ours. What you have reserved is as it was. Load the page again; if it comes back, please tell us what you did before.",
    reload: "Load again",
  },
  de: {
    title: "Dieser Bildschirm hat versagt",
    what: "Das ist ein Fehler von uns. Was Sie reserviert haben, ist, wie es war. Laden Sie die Seite neu; wenn es wiederkommt, sagen Sie uns bitte, was Sie davor getan haben.",
    reload: "Neu laden",
  },
});

export function Crashed() {
  const t = useTexts(TEXTS);
  return (
    <Screen title={t.title}>
      <Stack align="start" role="alert">
        <Text>{t.what}</Text>
        <Button onClick={() => location.reload()}>{t.reload}</Button>
      </Stack>
    </Screen>
  );
}
