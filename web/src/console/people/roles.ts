import type { Schemas } from "@shared/api/client.ts";
import type { Permission } from "@shared/auth/useSession.ts";

export type Role = Schemas["Role"];

export const ROLES = [
  "customer",
  "auditor",
  "operator",
  "owner",
  "admin",
] as const satisfies Role[];

/** What a role has that those below it have not: nobody gives, or takes away, what they lack. */
const TAKES: Record<Role, Permission> = {
  customer: "users:write",
  auditor: "users:write",
  operator: "users:write",
  owner: "users:write",
  admin: "demo:reset",
};

/** Which roles somebody with these permissions can give and take. The server decides. */
export function givable(permissions: readonly Permission[]): Role[] {
  if (!permissions.includes("users:write")) return [];
  return ROLES.filter((role) => permissions.includes(TAKES[role]));
}
