import type { Problem } from "@shared/api/problem.ts";

/** The field that a refusal is about, if it is about one. */
export function fieldOf(problem: Problem | null): string | null {
  if (problem?.code !== "malformed_request") return null;
  return typeof problem.facts.field === "string" ? problem.facts.field : null;
}
