/** Refusals as the server says them, and what else can come of a call. */
import type { components } from "./schema.ts";

export type ProblemBody = components["schemas"]["Problem"];
export type ProblemCode = ProblemBody["code"] | "unreachable";

/** A call that came to nothing. `code` is for programs; `detail` is the server's, in English. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly detail: string,
    /** Further members: the bound, the counts, the field. */
    readonly facts: Readonly<Record<string, unknown>> = {},
    /** For whoever asks for help. */
    readonly requestId: string | null = null,
  ) {
    super(`${code}: ${detail}`);
  }

  /** Whether it may be carried out all the same, or would be on another try. */
  get transient(): boolean {
    return (
      this.code === "unreachable" ||
      this.code === "overloaded" ||
      this.code === "internal_error" ||
      this.code === "idempotency_key_in_progress" ||
      this.code === "rate_limited"
    );
  }
}

export function isProblem(error: unknown, ...codes: ProblemCode[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}

/** A refusal from its body; one that is no problem document comes from something in between. */
export function problemOf(body: unknown, response: Response): Problem {
  const requestId = response.headers.get("x-request-id");
  if (typeof body === "object" && body !== null && "code" in body) {
    const { code, status, detail, type: _, title: __, ...facts } = body as ProblemBody;
    return new Problem(code, status, detail, facts, requestId);
  }
  const code = response.status >= 500 ? "overloaded" : "malformed_request";
  return new Problem(code, response.status, `The answer was ${response.status}.`, {}, requestId);
}
