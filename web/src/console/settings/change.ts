import type { Schemas } from "@shared/api/client.ts";

export type Organization = Schemas["OrganizationView"];
export type OrganizationChange = Schemas["OrganizationChange"];

export const NUMBERS = [
  "hold_ttl_seconds",
  "max_live_holds",
  "offer_ttl_seconds",
  "horizon_days",
  "notice_minutes",
  "cutoff_minutes",
] as const;
export type NumberName = (typeof NUMBERS)[number];

export const SWITCHES = ["guest_holds", "public_catalogue", "open_registration"] as const;
export type SwitchName = (typeof SWITCHES)[number];

export type Draft = { name: string } & Record<NumberName, number | string> &
  Record<SwitchName, boolean>;

export function draftOf(organization: Organization): Draft {
  return {
    name: organization.name,
    hold_ttl_seconds: organization.hold_ttl_seconds,
    max_live_holds: organization.max_live_holds ?? "",
    offer_ttl_seconds: organization.offer_ttl_seconds,
    horizon_days: organization.horizon_days,
    notice_minutes: organization.notice_minutes,
    cutoff_minutes: organization.cutoff_minutes,
    guest_holds: organization.guest_holds,
    public_catalogue: organization.public_catalogue,
    open_registration: organization.open_registration,
  };
}

/** Only what is other than it was: what somebody else changes meanwhile stays theirs. */
export function changeOf(organization: Organization, draft: Draft): OrganizationChange {
  const before = draftOf(organization);
  const change: Record<string, unknown> = {};
  for (const name of ["name", ...NUMBERS, ...SWITCHES] as const) {
    if (draft[name] === before[name]) continue;
    change[name] = name === "max_live_holds" && draft[name] === "" ? null : draft[name];
  }
  return change as OrganizationChange;
}
