/** What is shown instead of content: while it first loads, where there is none, where it failed. */
import { Alert, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { isProblem } from "../api/problem.ts";
import { useProblemText } from "../api/problemTexts.ts";
import { texts, useTexts } from "../i18n/i18n.tsx";

const TEXTS = texts({
  en: {
    loading: "Loading",
    again: "Try again",
    failed: "That did not work",
    reference: (id: string) => `For questions: ${id}`,
  },
  de: {
    loading: "Wird geladen",
    again: "Noch einmal versuchen",
    failed: "Das hat nicht geklappt",
    reference: (id: string) => `Für Rückfragen: ${id}`,
  },
});

export function LoadingState({ rows = 3, height = 72 }: { rows?: number; height?: number }) {
  const t = useTexts(TEXTS);
  return (
    <Stack aria-busy="true" aria-label={t.loading} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} />
      ))}
    </Stack>
  );
}

interface EmptyStateProps {
  title: string;
  /** What to do next. */
  children?: ReactNode;
}

export function EmptyState({ children, title }: EmptyStateProps) {
  return (
    <Stack align="start" gap="sm" py="lg">
      <Title order={2} size="h4">
        {title}
      </Title>
      {typeof children === "string" ? <Text c="dimmed">{children}</Text> : children}
    </Stack>
  );
}

interface ErrorStateProps {
  error: unknown;
  onRepeat?: (() => void) | undefined;
}

/** A failure in plain words, with a way on. */
export function ErrorState({ error, onRepeat }: ErrorStateProps) {
  const t = useTexts(TEXTS);
  const text = useProblemText();
  const id = isProblem(error) ? error.requestId : null;
  return (
    <Alert color="red" title={t.failed} role="alert">
      <Stack align="start" gap="xs">
        <Text size="sm">{text(error)}</Text>
        {id !== null && isProblem(error, "internal_error") ? (
          <Text size="xs">{t.reference(id)}</Text>
        ) : null}
        {onRepeat === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRepeat}>
            {t.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
