/** The screens of the console, whom each is for, and the letter that leads to it after `g`. */
import type { Permission } from "@shared/auth/useSession.ts";

export const GROUPS = ["run", "prove", "manage"] as const;

export const SCREENS = [
  { name: "sale", group: "run", to: "/sale", key: "s", permission: "ledger:read" },
  { name: "inventory", group: "run", to: "/inventory", key: "i", permission: "stock:read" },
  { name: "schedule", group: "run", to: "/schedule", key: "c", permission: "catalogue:read" },
  {
    name: "reservations",
    group: "run",
    to: "/reservations",
    key: "r",
    permission: "reservations:read",
  },
  { name: "waitlist", group: "run", to: "/waitlist", key: "w", permission: "reservations:read" },
  { name: "customers", group: "run", to: "/customers", key: "k", permission: "customers:read" },
  { name: "people", group: "manage", to: "/people", key: "u", permission: "users:read" },
  { name: "keys", group: "manage", to: "/keys", key: "y", permission: "keys:write" },
  { name: "webhooks", group: "manage", to: "/webhooks", key: "h", permission: "webhooks:write" },
  {
    name: "notifications",
    group: "manage",
    to: "/notifications",
    key: "n",
    permission: "notifications:write",
  },
  { name: "audit", group: "prove", to: "/audit", key: "a", permission: "audit:read" },
  { name: "reports", group: "prove", to: "/reports", key: "p", permission: "reports:read" },
  {
    name: "settings",
    group: "manage",
    to: "/settings",
    key: "e",
    permission: "sessions:own",
  },
] as const satisfies {
  name: string;
  group: (typeof GROUPS)[number];
  to: string;
  key: string;
  permission: Permission;
}[];
