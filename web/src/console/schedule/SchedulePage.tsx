/** The schedule of a site: a week, or a day with its rooms or people side by side. */
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Calendar } from "./Calendar.tsx";
import { NoSite } from "./NoSite.tsx";
import { useSites } from "./queries.ts";
import type { ScheduleSearch } from "./routes.ts";
import { ScheduleNav } from "./ScheduleNav.tsx";
import { SCHEDULE_TEXTS } from "./texts.ts";

const KEPT = "firmhold.schedule.site";

export function SchedulePage() {
  const t = useTexts(SCHEDULE_TEXTS);
  const search = useSearch({ from: "/inside/schedule" });
  const navigate = useNavigate();
  const { data: sites, error, isPending, refetch } = useSites();
  const kept = search.site ?? localStorage.getItem(KEPT);
  const site = sites?.find(({ id }) => id === kept) ?? sites?.[0];
  const change = (next: ScheduleSearch, replace = false) => {
    if (next.site !== undefined) localStorage.setItem(KEPT, next.site);
    const filled = Object.entries(next).filter(([, value]) => value !== "" && value !== undefined);
    void navigate({ to: "/schedule", search: Object.fromEntries(filled), replace });
  };
  if (site !== undefined && sites !== undefined)
    return <Calendar site={site} sites={sites} search={search} onSearch={change} />;
  return (
    <Screen title={t.title} actions={<ScheduleNav />}>
      {isPending ? <LoadingState rows={1} height={420} /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {sites?.length === 0 ? <NoSite /> : null}
    </Screen>
  );
}
