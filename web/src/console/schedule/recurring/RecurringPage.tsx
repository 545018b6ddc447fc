/** The recurring schedules, of one site or of all. */
import { Badge, Group, NativeSelect, Table } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { NoSite } from "../NoSite.tsx";
import { PLACE_TEXTS } from "../places/texts.ts";
import { type Schedule, useSchedules, useSites } from "../queries.ts";
import { ScheduleNav } from "../ScheduleNav.tsx";
import { plainDate } from "../time/words.ts";
import { readRule } from "./rule.ts";
import { RECURRING_TEXTS } from "./texts.ts";

export function RecurringPage() {
  const t = useTexts(RECURRING_TEXTS);
  const { site } = useSearch({ from: "/inside/schedule/recurring" });
  const navigate = useNavigate();
  const mayChange = useMay("stock:write");
  useLive({ feed: useMay("ledger:read") });
  const { data: sites } = useSites();
  const { data, error, isPending, refetch } = useSchedules(site);
  return (
    <Screen title={t.title} actions={<ScheduleNav />}>
      <Group align="end">
        <NativeSelect
          label={t.site}
          value={site ?? ""}
          data={[
            { value: "", label: t.allSites },
            ...(sites ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            const search = chosen === "" ? {} : { site: chosen };
            void navigate({ to: "/schedule/recurring", search });
          }}
        />
        {mayChange && sites !== undefined && sites.length > 0 ? (
          <ButtonLink
            to="/schedule/recurring/$schedule"
            params={{ schedule: "new" }}
            search={site === undefined ? {} : { site }}
          >
            {t.make}
          </ButtonLink>
        ) : null}
      </Group>
      {isPending ? <LoadingState rows={6} height={32} /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {sites?.length === 0 ? (
        <NoSite />
      ) : data?.length === 0 ? (
        <EmptyState title={t.none}>{mayChange ? t.noneWhat : t.noneRead}</EmptyState>
      ) : null}
      {data === undefined || data.length === 0 ? null : (
        <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table aria-label={t.title} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                {[t.what, t.site, t.when, t.hours, t.until, t.state].map((header) => (
                  <Table.Th key={header} scope="col">
                    {header}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((schedule) => (
                <Row
                  key={schedule.id}
                  schedule={schedule}
                  site={sites?.find(({ id }) => id === schedule.site)?.name ?? ""}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Screen>
  );
}

function Row({ schedule, site }: { schedule: Schedule; site: string }) {
  const t = useTexts(RECURRING_TEXTS);
  const days = useTexts(PLACE_TEXTS);
  const { locale } = useLocale();
  const until = schedule.ends_on ?? schedule.generated_until;
  const rule = readRule(schedule.rule);
  const when =
    rule.kind === "weekly"
      ? t.weekly(rule.days.map((day) => days[day].slice(0, 2)).join(", "), rule.every)
      : t.other(rule.text);
  const hours = schedule.sessions.map(({ closes, opens }) => `${opens}–${closes}`).join(", ");
  const [color, state] = !schedule.active
    ? ["gray", t.stopped]
    : schedule.refusal === null
      ? ["green", t.active]
      : ["red", t.troubled];
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={600}>
        <TextLink
          inherit
          to="/schedule/recurring/$schedule"
          params={{ schedule: schedule.id }}
          search={{}}
        >
          {schedule.title}
        </TextLink>
      </Table.Th>
      <Table.Td>{site}</Table.Td>
      <Table.Td>{when}</Table.Td>
      <Table.Td>{hours}</Table.Td>
      <Table.Td>{until === null ? "" : plainDate(until, locale)}</Table.Td>
      <Table.Td>
        <Badge color={color} variant="light" tt="none">
          {state}
        </Badge>
      </Table.Td>
    </Table.Tr>
  );
}
