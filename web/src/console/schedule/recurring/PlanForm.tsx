import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem, Problem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Schedule, type Site, usePools } from "../queries.ts";
import { NeedsFields } from "../slot/NeedsFields.tsx";
import { fieldOf, reasonFor } from "../slot/refusals.ts";
import { TermsFields } from "../slot/TermsFields.tsx";
import { SLOT_TEXTS } from "../slot/texts.ts";
import { OverrideFields } from "./OverrideFields.tsx";
import { Preview } from "./Preview.tsx";
import { isWhole, type Plan, planRequest } from "./plan.ts";
import { RuleFields } from "./RuleFields.tsx";
import { StretchFields } from "./StretchFields.tsx";
import { RECURRING_TEXTS } from "./texts.ts";

/** Whoever is typing is not asked for each letter. */
const PAUSE = 400;

interface PlanFormProps {
  schedule: Schedule | null;
  initial: Plan;
  sites: readonly Site[];
  mayChange: boolean;
  onSaved: (answer: Schemas["ScheduleAnswer"]) => void;
}

export function PlanForm({ initial, mayChange, onSaved, schedule, sites }: PlanFormProps) {
  const t = useTexts(RECURRING_TEXTS);
  const words = useTexts(SLOT_TEXTS);
  const [plan, setPlan] = useState(initial);
  const [tried, setTried] = useState(false);
  const { data: pools = [] } = usePools();
  const change = (next: Partial<Plan>) => setPlan({ ...plan, ...next });
  const site = sites.find(({ id }) => id === plan.site);
  const request = isWhole(plan) ? planRequest(plan, schedule) : null;
  const [asked] = useDebouncedValue(request === null ? null : JSON.stringify(request), PAUSE);
  const preview = useQuery({
    queryKey: ["offerings", "preview", schedule?.id, asked],
    queryFn:
      asked === null || !mayChange
        ? skipToken
        : () =>
            done(
              api.POST("/v1/schedules/preview", {
                params: { query: schedule === null ? {} : { schedule: schedule.id } },
                body: JSON.parse(asked) as Schemas["ScheduleRequest"],
              }),
            ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const save = useIntent<Schemas["ScheduleRequest"], Schemas["ScheduleAnswer"]>({
    run: async (key, body) => {
      const header = { "Idempotency-Key": key };
      if (schedule === null) return done(api.POST("/v1/schedules", { params: { header }, body }));
      const path = { schedule: schedule.id };
      const now = await done(api.GET("/v1/schedules/{schedule}", { params: { path } }));
      if (now.version !== schedule.version)
        throw new Problem("version_conflict", 409, "Somebody else has changed the schedule.");
      const { site: _, starts_on: startsOn, sessions, ...rest } = body;
      return done(
        api.PATCH("/v1/schedules/{schedule}", {
          params: { path, header },
          body: {
            ...rest,
            ...(startsOn == null ? {} : { starts_on: startsOn }),
            ...(sessions == null ? {} : { sessions }),
          },
        }),
      );
    },
    onDone: onSaved,
  });
  // What the server says of a preview belongs to the same fields.
  const problem = save.problem ?? (isProblem(preview.error) ? preview.error : null);
  const isOld: boolean = isProblem(save.problem, "version_conflict");
  const field = fieldOf(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (request !== null && !save.pending) save.start(request);
  };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <form onSubmit={submit} noValidate aria-label={t.title}>
        <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <Stack gap="sm">
            {schedule === null ? (
              <NativeSelect
                label={t.site}
                value={plan.site}
                data={sites.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(event) => change({ site: event.currentTarget.value })}
              />
            ) : (
              <Text size="sm">{site?.name}</Text>
            )}
            <TextInput
              label={words.title}
              description={words.titleWhat}
              required
              maxLength={200}
              value={plan.title}
              error={
                tried && plan.title.trim() === "" ? t.titleMissing : reasonFor(problem, "title")
              }
              onChange={(event) => change({ title: event.currentTarget.value })}
            />
            <RuleFields
              rule={plan.rule}
              error={reasonFor(problem, "rule")}
              onChange={(rule) => change({ rule })}
            />
            <SimpleGrid cols={2} spacing="xs" style={{ alignItems: "end" }}>
              <TextInput
                type="date"
                label={t.startsOn}
                required
                value={plan.startsOn}
                error={reasonFor(problem, "starts_on")}
                onChange={(event) => change({ startsOn: event.currentTarget.value })}
              />
              <TextInput
                type="date"
                label={t.endsOn}
                description={t.endsOnWhat}
                value={plan.endsOn}
                error={reasonFor(problem, "ends_on")}
                onChange={(event) => change({ endsOn: event.currentTarget.value })}
              />
            </SimpleGrid>
            {site === undefined ? null : (
              <Text size="xs" c="dimmed">
                {words.zone(site.zone)}
              </Text>
            )}
            <StretchFields
              legend={t.sessions}
              add={t.addSession}
              initial={{ from: "09:00", to: "17:00" }}
              stretches={plan.sessions}
              error={reasonFor(problem, "sessions")}
              onChange={(sessions) => change({ sessions })}
            />
            <StretchFields
              legend={t.breaks}
              add={t.addBreak}
              initial={{ from: "12:00", to: "13:00" }}
              stretches={plan.breaks}
              error={reasonFor(problem, "breaks")}
              onChange={(breaks) => change({ breaks })}
            />
            <SimpleGrid cols={2} spacing="xs" style={{ alignItems: "end" }}>
              <NumberInput
                label={t.slotMinutes}
                description={t.slotWhat}
                min={1}
                max={1440}
                allowDecimal={false}
                value={plan.slotMinutes}
                error={reasonFor(problem, "slot_minutes")}
                onChange={(slotMinutes) => change({ slotMinutes })}
              />
              <NumberInput
                label={t.gapMinutes}
                min={0}
                max={1440}
                allowDecimal={false}
                value={plan.gapMinutes}
                error={reasonFor(problem, "gap_minutes")}
                onChange={(gapMinutes) => change({ gapMinutes })}
              />
            </SimpleGrid>
            <NeedsFields
              terms={plan}
              pools={pools}
              site={plan.site}
              onChange={change}
              errors={{
                room: reasonFor(problem, "room"),
                practitioner: reasonFor(problem, "practitioner"),
                needs: reasonFor(problem, "requirements"),
              }}
            />
            <TermsFields terms={plan} onChange={change} problem={problem} />
            <OverrideFields
              overrides={plan.overrides}
              error={reasonFor(problem, "overrides")}
              onChange={(overrides) => change({ overrides })}
            />
            <Textarea
              label={words.description}
              autosize
              minRows={2}
              value={plan.description}
              onChange={(event) => change({ description: event.currentTarget.value })}
            />
            {isOld ? (
              <Text role="alert" c="var(--mantine-color-error)">
                {t.changed}
              </Text>
            ) : save.problem === null || field !== null ? null : (
              <ErrorState
                error={save.problem}
                onRepeat={save.problem.transient ? save.repeat : undefined}
              />
            )}
            {mayChange ? (
              <Group>
                <Button type="submit" disabled={save.pending}>
                  {schedule === null
                    ? save.pending
                      ? t.creating
                      : t.create
                    : save.pending
                      ? t.saving
                      : t.save}
                </Button>
              </Group>
            ) : null}
          </Stack>
        </fieldset>
      </form>
      {mayChange ? (
        <Stack component="section" gap="xs" aria-label={t.preview}>
          <Title order={2} size="h4">
            {t.preview}
          </Title>
          {request === null ? (
            <Text size="sm" c="dimmed">
              {t.previewWhat}
            </Text>
          ) : preview.error !== null ? (
            field === null ? (
              <ErrorState error={preview.error} onRepeat={() => void preview.refetch()} />
            ) : (
              <Text size="sm" role="alert">
                {reasonFor(problem, field)}
              </Text>
            )
          ) : preview.data === undefined ? (
            <Text size="sm">{t.working}</Text>
          ) : (
            <Preview preview={preview.data} />
          )}
        </Stack>
      ) : null}
    </SimpleGrid>
  );
}
