/** A place of appointments that no other test knows. */
import type { Page } from "playwright-core";
import { address, call, fresh } from "./stage.ts";

interface Made {
  id: string;
}

export interface Clinic {
  site: string;
  room: string;
  doctor: string;
  /** The day on which its slots are, `2026-12-01`. */
  day: string;
  /** A slot at this hour, by the site's clocks in winter. */
  slot: (hour: number, more?: object) => Promise<string>;
}

/** In Kathmandu, where the clocks never change, unless told otherwise: 5:45 hours before UTC. */
export async function makeClinic(more: object = {}, daysAhead = 3): Promise<Clinic> {
  const name = fresh("Clinic");
  const site = await call<Made>("admin", "POST", "/v1/sites", {
    name,
    zone: "Asia/Kathmandu",
    address: "1 Station Road",
    horizon_days: 400,
    ...more,
  });
  const pool = (kind: string, title: string) =>
    call<Made>("admin", "POST", "/v1/pools", { kind, name: `${title} ${name}` });
  const [room, doctor] = [await pool("room", "Room"), await pool("practitioner", "Dr. Rai")];
  const day = new Date(Date.now() + daysAhead * 86_400_000).toISOString().slice(0, 10);
  const slot = async (hour: number, fields: object = {}) => {
    const made = await call<Made>("admin", "POST", "/v1/slots", {
      site: site.id,
      title: "Check-up",
      starts_at: `${day}T${String(hour).padStart(2, "0")}:00:00+05:45`,
      minutes: 30,
      room: room.id,
      practitioner: doctor.id,
      ...fields,
    });
    return made.id;
  };
  return { site: site.id, room: room.id, doctor: doctor.id, day, slot };
}

/** The calendar of a clinic, at its day. */
export async function openDay(page: Page, clinic: Clinic, more = ""): Promise<void> {
  await page.goto(address(`/appointments?site=${clinic.site}&day=${clinic.day}${more}`));
  await page.locator("[data-slot]").first().waitFor();
}

export async function openSlot(page: Page, slot: string): Promise<void> {
  await page.goto(address(`/appointments/${slot}`));
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** How many are free on a day, as its cell in the calendar says. */
export async function freeOn(page: Page, day: string): Promise<string | null> {
  return await page.locator(`[data-date="${day}"]`).getAttribute("data-free");
}
