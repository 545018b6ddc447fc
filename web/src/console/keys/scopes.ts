/** What programs may be allowed, in words. */
import type { Permission } from "@shared/auth/useSession.ts";
import { texts } from "@shared/i18n/i18n.tsx";

export const SCOPES = [
  "catalogue:read",
  "reservations:read",
  "reservations:write",
  "customers:read",
  "stock:read",
  "stock:write",
  "ledger:read",
  "reports:read",
  "organization:write",
  "users:read",
  "users:write",
  "keys:write",
  "webhooks:write",
  "audit:read",
] as const satisfies Permission[];

export type Scope = (typeof SCOPES)[number];

export const SCOPE_TEXTS = texts({
  en: {
    "catalogue:read": "See what there is and what is left of it. Every key may.",
    "reservations:read": "See everybody’s reservations and places in line.",
    "reservations:write": "Act for every customer; includes seeing reservations.",
    "customers:read": "See who the customers are, in reports.",
    "stock:read": "See pools, loans and schedules, and slots that are not open.",
    "stock:write": "Change items, sites, pools, slots and schedules; includes seeing them.",
    "ledger:read": "Read the ledger and the feed of all that happens.",
    "reports:read": "See totals and their course over time.",
    "organization:write": "Change what the organization allows.",
    "users:read": "See who belongs to the organization.",
    "users:write": "Let people in, change their roles, shut them out.",
    "keys:write": "Make API keys and withdraw them.",
    "webhooks:write": "Say where events are sent.",
    "audit:read": "Read the audit log and have its proofs.",
  },
  de: {
    "catalogue:read": "Sehen, was es gibt und was übrig ist. Das darf jeder Schlüssel.",
    "reservations:read": "Alle Reservierungen und Wartelisten sehen.",
    "reservations:write":
      "Für alle Kundinnen und Kunden handeln; Reservierungen sehen gehört dazu.",
    "customers:read": "In Berichten sehen, wer die Kundinnen und Kunden sind.",
    "stock:read": "Räume, Geräte, Belegungen, Pläne und nicht offene Termine sehen.",
    "stock:write": "Artikel, Orte, Räume, Termine und Pläne ändern; sie zu sehen gehört dazu.",
    "ledger:read": "Das Buch lesen und alles mithören, was geschieht.",
    "reports:read": "Summen und ihren Verlauf sehen.",
    "organization:write": "Ändern, was die Organisation erlaubt.",
    "users:read": "Sehen, wer zur Organisation gehört.",
    "users:write": "Leute hereinlassen, Rollen ändern, aussperren.",
    "keys:write": "API-Schlüssel machen und zurückziehen.",
    "webhooks:write": "Sagen, wohin Ereignisse gesendet werden.",
    "audit:read": "Das Prüfprotokoll lesen und Beweise daraus bekommen.",
  },
});
