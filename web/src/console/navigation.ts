/** The screens of the console, whom each is for, and the letter that leads to it after `g`. */
import type { Permission } from "@shared/auth/useSession.ts";

export const SCREENS = [
  { name: "sale", to: "/sale", key: "s", permission: "ledger:read" },
  { name: "inventory", to: "/inventory", key: "i", permission: "stock:read" },
  { name: "schedule", to: "/schedule", key: "c", permission: "catalogue:read" },
  { name: "reservations", to: "/reservations", key: "r", permission: "reservations:read" },
  { name: "waitlist", to: "/waitlist", key: "w", permission: "reservations:read" },
  { name: "customers", to: "/customers", key: "k", permission: "customers:read" },
  { name: "people", to: "/people", key: "u", permission: "users:read" },
  { name: "keys", to: "/keys", key: "y", permission: "keys:write" },
  { name: "webhooks", to: "/webhooks", key: "h", permission: "webhooks:write" },
  { name: "audit", to: "/audit", key: "a", permission: "audit:read" },
  { name: "reports", to: "/reports", key: "p", permission: "reports:read" },
  { name: "settings", to: "/settings", key: "e", permission: "sessions:own" },
] as const satisfies { name: string; to: string; key: string; permission: Permission }[];
