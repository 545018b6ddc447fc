/** Instead of a screen that has failed in itself, or that could not be loaded. */
import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { address } from "../config.ts";
import { texts, useTexts } from "../i18n/i18n.tsx";
import { NotLoaded } from "./lazyScreen.ts";
import { Screen } from "./Screen.tsx";

const TEXTS = texts({
  en: {
    failed: "This screen has failed",
    failedWhat:
      "That is a defect of ours. What you have reserved is as it was. Load the page again; if it comes back, please tell us what you did before.",
    reload: "Load again",
    away: "This screen could not be loaded",
    awayWhat:
      "The server cannot be reached, or has a newer version by now. What you have reserved is as it was.",
    stillAway: "The server still cannot be reached.",
    repeat: "Try again",
  },
  de: {
    failed: "Dieser Bildschirm hat versagt",
    failedWhat:
      "Das ist ein Fehler von uns. Was Sie reserviert haben, ist, wie es war. Laden Sie die Seite neu; wenn es wiederkommt, sagen Sie uns bitte, was Sie davor getan haben.",
    reload: "Neu laden",
    away: "Dieser Bildschirm konnte nicht geladen werden",
    awayWhat:
      "Der Server ist nicht zu erreichen oder hat inzwischen eine neuere Fassung. Was Sie reserviert haben, ist, wie es war.",
    stillAway: "Der Server ist noch immer nicht zu erreichen.",
    repeat: "Noch einmal versuchen",
  },
});

export function Crashed({ error }: { error: unknown }) {
  return isNotLoaded(error) ? <Away /> : <Failed />;
}

function Failed() {
  const t = useTexts(TEXTS);
  return (
    <Screen title={t.failed}>
      <Stack align="start" role="alert">
        <Text>{t.failedWhat}</Text>
        <Button onClick={() => location.reload()}>{t.reload}</Button>
      </Stack>
    </Screen>
  );
}

function Away() {
  const t = useTexts(TEXTS);
  const [isStillAway, setStillAway] = useState(false);
  const repeat = async () => {
    setStillAway(false);
    // Whoever reloads while the server is away has no page any more.
    const isThere = await fetch(address("/config.json")).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) location.reload();
    else setStillAway(true);
  };
  return (
    <Screen title={t.away}>
      <Stack align="start" role="alert">
        <Text>{t.awayWhat}</Text>
        {isStillAway ? <Text>{t.stillAway}</Text> : null}
        <Button onClick={() => void repeat()}>{t.repeat}</Button>
      </Stack>
    </Screen>
  );
}

/** Of parts that are no screens, as Chromium, Firefox, Safari and Vite say it. */
const NOT_LOADED = /dynamically imported module|importing a module script|unable to preload/i;

function isNotLoaded(error: unknown): boolean {
  return error instanceof NotLoaded || (error instanceof Error && NOT_LOADED.test(error.message));
}
