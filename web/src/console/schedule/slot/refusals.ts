/** Where the server's refusal of a form belongs. */
import type { Problem } from "@shared/api/problem.ts";

/** The member of the request that it is about, without its index: `requirements`, `starts_at`. */
export function fieldOf(problem: Problem | null): string | null {
  const field = problem?.facts.field;
  return typeof field === "string" ? (/^\w+/.exec(field)?.[0] ?? null) : null;
}

/** Why, if it is about this member. The reason is the server's, in English. */
export function reasonFor(problem: Problem | null, ...fields: string[]): string | undefined {
  const field = fieldOf(problem);
  if (problem === null || field === null || !fields.includes(field)) return undefined;
  const { reason } = problem.facts;
  return typeof reason === "string" ? reason : problem.detail;
}
