/** What the picker shows, as it stands in the address. */
import { isDate } from "./dates.ts";

export interface PickSearch {
  site?: string;
  /** A slot's title. */
  service?: string;
  /** A practitioner's id. */
  with?: string;
  /** `2026-11` */
  month?: string;
  /** `2026-11-30` */
  day?: string;
  /** Times by the reader's own clock; otherwise by the site's. */
  zone?: "own";
}

export function pickSearch(given: Record<string, unknown>): PickSearch {
  const { day, month, service, site, with: who, zone } = given;
  return {
    ...(isId(site, "site_") ? { site } : {}),
    ...(typeof service === "string" && service !== "" ? { service } : {}),
    ...(isId(who, "pool_") ? { with: who } : {}),
    ...(isDate(`${String(month)}-01`) ? { month: String(month) } : {}),
    ...(isDate(day) ? { day } : {}),
    ...(zone === "own" ? { zone } : {}),
  };
}

function isId(value: unknown, prefix: string): value is string {
  return typeof value === "string" && value.startsWith(prefix);
}
