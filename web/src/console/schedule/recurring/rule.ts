/** The commonest rules as a form has them; any other as it is written in RFC 5545. */
import { WEEKDAYS, type Weekday } from "../places/days.ts";

interface Weekly {
  kind: "weekly";
  every: number;
  days: Weekday[];
}

export type Rule = Weekly | { kind: "other"; text: string };

export function readRule(text: string): Rule {
  const parts = new Map(
    text.split(";").map((part) => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim().toUpperCase(), value.trim().toUpperCase()];
    }),
  );
  const known = ["FREQ", "INTERVAL", "BYDAY"];
  const days = (parts.get("BYDAY") ?? "").split(",");
  const isWeekly =
    parts.get("FREQ") === "WEEKLY" &&
    [...parts.keys()].every((name) => known.includes(name)) &&
    days.every((day) => WEEKDAYS.includes(day as Weekday));
  if (!isWeekly) return { kind: "other", text };
  return { kind: "weekly", every: Number(parts.get("INTERVAL") ?? 1), days: days as Weekday[] };
}

export function writeRule(rule: Rule): string {
  if (rule.kind === "other") return rule.text.trim();
  const interval = rule.every > 1 ? `;INTERVAL=${rule.every}` : "";
  const days = WEEKDAYS.filter((day) => rule.days.includes(day));
  return `FREQ=WEEKLY${interval};BYDAY=${days.join(",")}`;
}
