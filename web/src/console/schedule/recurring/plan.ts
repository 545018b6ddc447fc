/** A recurring schedule as somebody types it, and the request that it comes to. */
import type { Schemas } from "@shared/api/client.ts";
import type { Schedule } from "../queries.ts";
import { NO_TERMS, type Terms, termsOf, termsRequest } from "../slot/draft.ts";
import { type Rule, readRule, writeRule } from "./rule.ts";

export interface Stretch {
  from: string;
  to: string;
}

export interface OverrideDraft {
  on: string;
  closed: boolean;
  from: string;
  to: string;
}

export interface Plan extends Terms {
  site: string;
  rule: Rule;
  startsOn: string;
  endsOn: string;
  sessions: Stretch[];
  breaks: Stretch[];
  slotMinutes: number | string;
  gapMinutes: number | string;
  overrides: OverrideDraft[];
}

export function newPlan(site: string, today: string): Plan {
  return {
    ...NO_TERMS,
    site,
    rule: { kind: "weekly", every: 1, days: ["MO", "TU", "WE", "TH", "FR"] },
    startsOn: today,
    endsOn: "",
    sessions: [{ from: "09:00", to: "17:00" }],
    breaks: [],
    slotMinutes: "",
    gapMinutes: 0,
    overrides: [],
  };
}

export function planOf(schedule: Schedule): Plan {
  return {
    ...termsOf(schedule),
    site: schedule.site,
    rule: readRule(schedule.rule),
    startsOn: schedule.starts_on,
    endsOn: schedule.ends_on ?? "",
    sessions: schedule.sessions.map(({ closes, opens }) => ({ from: opens, to: closes })),
    breaks: (schedule.breaks ?? []).map(({ ends, starts }) => ({ from: starts, to: ends })),
    slotMinutes: schedule.slot_minutes ?? "",
    gapMinutes: schedule.gap_minutes,
    overrides: schedule.overrides.map(({ closed, on, sessions }) => ({
      on,
      closed: closed ?? false,
      from: sessions?.[0]?.opens ?? "09:00",
      to: sessions?.[0]?.closes ?? "17:00",
    })),
  };
}

export function planRequest(plan: Plan, before: Schedule | null): Schemas["ScheduleRequest"] {
  return {
    ...termsRequest(plan),
    site: plan.site,
    rule: writeRule(plan.rule),
    starts_on: plan.startsOn,
    ends_on: plan.endsOn || null,
    sessions: plan.sessions.map(({ from, to }) => ({ opens: from, closes: to })),
    breaks: plan.breaks.map(({ from, to }) => ({ starts: from, ends: to })),
    slot_minutes: plan.slotMinutes === "" ? null : Number(plan.slotMinutes),
    gap_minutes: Number(plan.gapMinutes),
    capacity: Number(plan.capacity),
    overrides: plan.overrides.filter(({ on }) => on !== "").map((it) => override(it, before)),
  };
}

function override({ closed, from, on, to }: OverrideDraft, before: Schedule | null) {
  if (closed) return { on, closed };
  const known = before?.overrides.find((it) => it.on === on && it.closed !== true);
  // A form has one stretch of hours; further ones, and breaks of the day, stay as they are.
  const rest = known?.sessions?.slice(1) ?? [];
  const own = known?.breaks === undefined ? {} : { breaks: known.breaks };
  return { on, closed, sessions: [{ opens: from, closes: to }, ...rest], ...own };
}

/** Whether there is enough to ask the server what it would come to. */
export function isWhole(plan: Plan): boolean {
  const times = [...plan.sessions, ...plan.breaks].flatMap(({ from, to }) => [from, to]);
  return (
    plan.title.trim() !== "" &&
    plan.startsOn !== "" &&
    plan.sessions.length > 0 &&
    times.every((time) => time !== "") &&
    (plan.rule.kind === "other" ? plan.rule.text.trim() !== "" : plan.rule.days.length > 0) &&
    plan.needs.every(({ pool }) => pool !== "")
  );
}
