/** Around each report: loading, failing, empty, and of which instant it is. */
import { Alert, Stack, Text } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Head } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";

interface ReportProps<T extends Head> {
  asked: UseQueryResult<T>;
  isEmpty: (report: T) => boolean;
  children: (report: T) => ReactNode;
}

export function Report<T extends Head>({ asked, children, isEmpty }: ReportProps<T>) {
  const t = useTexts(REPORT_TEXTS);
  const { data, error, isPending, refetch } = asked;
  if (isPending) return <LoadingState rows={2} height={180} />;
  if (isProblem(error, "malformed_request"))
    return (
      <Alert color="orange" role="alert">
        {error.facts.field === "every" ? t.tooMany : t.badPeriod}
      </Alert>
    );
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  return (
    <Stack gap="lg">
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      <AsOf report={data} />
      {isEmpty(data) ? <EmptyState title={t.emptyTitle}>{t.empty}</EmptyState> : children(data)}
    </Stack>
  );
}

export function AsOf({ report }: { report: Head }) {
  const t = useTexts(REPORT_TEXTS);
  const { locale } = useLocale();
  if (report.as_of === null)
    return (
      <Alert color="orange" role="status">
        {t.notCounted}
      </Alert>
    );
  const words = t.asOf(dateTime(report.as_of, locale, report.zone));
  return report.complete ? (
    <Text size="xs" c="dimmed">
      {words}
    </Text>
  ) : (
    <Alert color="orange" role="status">
      {words} {t.behind}
    </Alert>
  );
}
