import { expect, test } from "vitest";
import { givable } from "./roles.ts";

test("an owner gives every role but admin, an admin gives all, an auditor none", () => {
  expect(givable(["users:read", "users:write"])).toEqual([
    "customer",
    "auditor",
    "operator",
    "owner",
  ]);
  expect(givable(["users:read", "users:write", "demo:reset"])).toContain("admin");
  expect(givable(["users:read"])).toEqual([]);
});
