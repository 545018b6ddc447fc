/** One recurring schedule: what it says, what that comes to, and what can be done with it. */
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { NoSite } from "../NoSite.tsx";
import { type Schedule, type Site, useSites } from "../queries.ts";
import { ScheduleNav } from "../ScheduleNav.tsx";
import { dateAt } from "../time/zone.ts";
import { PlanForm } from "./PlanForm.tsx";
import { newPlan, planOf } from "./plan.ts";
import { Report } from "./Report.tsx";
import { RECURRING_TEXTS } from "./texts.ts";

type Answer = Schemas["ScheduleAnswer"];

export function PlanPage() {
  const t = useTexts(RECURRING_TEXTS);
  const { schedule: id } = useParams({ from: "/inside/schedule/recurring/$schedule" });
  const search = useSearch({ from: "/inside/schedule/recurring/$schedule" });
  const isNew = id === "new";
  const sites = useSites();
  const found = useQuery({
    queryKey: ["schedule", id],
    queryFn: isNew
      ? skipToken
      : () => done(api.GET("/v1/schedules/{schedule}", { params: { path: { schedule: id } } })),
  });
  const schedule = found.data ?? null;
  const error = sites.error ?? found.error;
  const isThere = sites.data !== undefined && (isNew || schedule !== null);
  return (
    <Screen title={isNew ? t.newTitle : (schedule?.title ?? t.title)} actions={<ScheduleNav />}>
      <TextLink to="/schedule/recurring" search={{}}>
        {t.back}
      </TextLink>
      {error === null ? null : (
        <ErrorState
          error={error}
          onRepeat={() => {
            void sites.refetch();
            if (!isNew) void found.refetch();
          }}
        />
      )}
      {!isThere && error === null ? <LoadingState rows={4} height={48} /> : null}
      {isThere ? (
        <Loaded key={id} schedule={schedule} sites={sites.data ?? []} wanted={search.site} />
      ) : null}
    </Screen>
  );
}

interface LoadedProps {
  schedule: Schedule | null;
  sites: Site[];
  wanted: string | undefined;
}

function Loaded({ schedule, sites, wanted }: LoadedProps) {
  const t = useTexts(RECURRING_TEXTS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayChange = useMay("stock:write");
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [asked, setAsked] = useState(false);
  const id = schedule?.id ?? "";
  const took = (next: Answer) => {
    setAnswer(next);
    setAsked(false);
    client.setQueryData(["schedule", next.schedule.id], next.schedule);
    void client.invalidateQueries({ queryKey: ["offerings"] });
    if (schedule === null)
      void navigate({
        to: "/schedule/recurring/$schedule",
        params: { schedule: next.schedule.id },
        search: {},
        replace: true,
      });
  };
  const act = useIntent<"regenerate" | "start" | "stop", Answer>({
    run: (key, what) => {
      const params = { path: { schedule: id }, header: { "Idempotency-Key": key } };
      if (what === "stop") return done(api.DELETE("/v1/schedules/{schedule}", { params }));
      return what === "start"
        ? done(api.POST("/v1/schedules/{schedule}/start", { params }))
        : done(api.POST("/v1/schedules/{schedule}/regenerate", { params }));
    },
    onDone: took,
    onProblem: () => setAsked(false),
  });
  const site = sites.find((it) => it.id === (schedule?.site ?? wanted)) ?? sites[0];
  if (site === undefined) return <NoSite />;
  const kept = answer ?? (id === "" ? null : client.getQueryData<Answer>(["made", id])) ?? null;
  return (
    <Stack>
      {schedule === null ? null : (
        <Group>
          <TextLink
            to="/schedule"
            search={{ site: site.id, date: later(schedule.starts_on, site.zone) }}
          >
            {t.calendar}
          </TextLink>
          {mayChange ? (
            <>
              {schedule.active ? (
                <>
                  <Button
                    size="xs"
                    variant="default"
                    title={t.regenerateWhat}
                    loading={act.pending && !asked}
                    onClick={() => act.start("regenerate")}
                  >
                    {t.regenerate}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => setAsked(true)}>
                    {t.stop}
                  </Button>
                </>
              ) : (
                <Button size="xs" loading={act.pending} onClick={() => act.start("start")}>
                  {t.start}
                </Button>
              )}
            </>
          ) : (
            <Text size="sm">{t.readOnly}</Text>
          )}
        </Group>
      )}
      {schedule?.refusal == null ? null : <Text role="alert">{schedule.refusal}</Text>}
      {act.problem === null ? null : (
        <ErrorState error={act.problem} onRepeat={act.problem.transient ? act.repeat : undefined} />
      )}
      {kept === null ? null : (
        <section aria-label={t.result} role="status">
          <Title order={2} size="h4">
            {t.result}
          </Title>
          <Report report={kept.report} zone={site.zone} done />
        </section>
      )}
      <PlanForm
        key={schedule?.version ?? 0}
        schedule={schedule}
        initial={
          schedule === null
            ? newPlan(site.id, dateAt(serverClock.now(), site.zone))
            : planOf(schedule)
        }
        sites={sites}
        mayChange={mayChange}
        onSaved={(next) => {
          client.setQueryData(["made", next.schedule.id], next);
          took(next);
        }}
      />
      <ConfirmDialog
        opened={asked}
        title={t.stopTitle}
        action={t.stop}
        pending={act.pending}
        onConfirm={() => act.start("stop")}
        onClose={() => setAsked(false)}
      >
        {t.stopWhat}
      </ConfirmDialog>
    </Stack>
  );
}

/** Its first date, or today once that is over. */
function later(startsOn: string, zone: string): string {
  const today = dateAt(serverClock.now(), zone);
  return startsOn > today ? startsOn : today;
}
