import { isProblem } from "@shared/api/problem.ts";

/** What the server has against a field, in its own words; `undefined` if it is about another. */
export function fieldError(problem: unknown, ...fields: string[]): string | undefined {
  if (!isProblem(problem, "malformed_request")) return undefined;
  const { field } = problem.facts;
  if (typeof field !== "string") return undefined;
  return fields.some((it) => field === it || field.startsWith(`${it}[`))
    ? problem.detail
    : undefined;
}
