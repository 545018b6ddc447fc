import { Button, Container, Stack, Text, Title } from "@mantine/core";
import { texts, useTexts } from "../i18n/i18n.tsx";

const TEXTS = texts({
  en: {
    title: "The server does not answer",
    what: "Nothing you have reserved is lost by this. Try again in a moment.",
    again: "Try again",
  },
  de: {
    title: "Der Server antwortet nicht",
    what: "Was Sie reserviert haben, geht dadurch nicht verloren. Versuchen Sie es gleich noch einmal.",
    again: "Noch einmal versuchen",
  },
});

export function StartFailed({ onRepeat }: { onRepeat: () => void }) {
  const t = useTexts(TEXTS);
  return (
    <Container component="main" size="xs" py="xl">
      <Stack align="start">
        <Title order={1}>{t.title}</Title>
        <Text>{t.what}</Text>
        <Button onClick={onRepeat}>{t.again}</Button>
      </Stack>
    </Container>
  );
}
