/** What the ledger adds up to over time. */
import { Button, Group, Text } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useMutation } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { downloadReport } from "./asking.ts";
import { FilterBar } from "./FilterBar.tsx";
import { Holds } from "./Holds.tsx";
import { NoShows } from "./NoShows.tsx";
import { SellOuts } from "./SellOuts.tsx";
import { SellThrough } from "./SellThrough.tsx";
import { isReport, REPORTS } from "./shapes.ts";
import { REPORT_TEXTS } from "./texts.ts";
import { Utilisation } from "./Utilisation.tsx";

const PARTS = {
  holds: Holds,
  "sell-through": SellThrough,
  "sell-outs": SellOuts,
  utilisation: Utilisation,
  "no-shows": NoShows,
};

export function ReportsPage() {
  const t = useTexts(REPORT_TEXTS);
  const { report: named } = useParams({ from: "/inside/reports/$report" });
  const filters = useSearch({ from: "/inside/reports/$report" });
  const report = isReport(named) ? named : "holds";
  const Part = PARTS[report];
  const save = useMutation({ mutationFn: () => downloadReport(report, filters) });
  return (
    <Screen
      title={t.title(t[report])}
      actions={
        <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
          {t.csv}
        </Button>
      }
    >
      <Group component="nav" aria-label={t.which} gap="xs">
        {REPORTS.map((name) => (
          <ButtonLink
            key={name}
            to="/reports/$report"
            params={{ report: name }}
            search={filters}
            size="xs"
            variant={name === report ? "filled" : "default"}
            aria-current={name === report ? "page" : undefined}
          >
            {t[name]}
          </ButtonLink>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        {t[`${report}What`]}
      </Text>
      <FilterBar report={report} filters={filters} />
      {save.error === null || isProblem(save.error, "malformed_request") ? null : (
        <ErrorState error={save.error} onRepeat={() => save.mutate()} />
      )}
      <Part key={report} filters={filters} />
    </Screen>
  );
}
