/**
 * Cancelling many, one by one, each with an outcome of its own. It can be stopped, and taken up
 * again: each has its key, so that what has been done already is not done twice, and what is not
 * known becomes known.
 */
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { backoff } from "@shared/live/backoff.ts";

export type Outcome = "cancelled" | "released" | "refused" | "failed" | "untouched";

export interface Target {
  id: string;
  status: string;
}

export interface Item extends Target {
  outcome: Outcome;
  problem: Problem | null;
}

interface Deps {
  act: (target: Target, key: string) => Promise<void>;
  onChange: () => void;
  wait?: (milliseconds: number) => Promise<void>;
}

/** At a time: the server has others to serve. */
const WORKERS = 4;
/** Tries of one before its outcome is given up as not known. */
const TRIES = 5;

export function canEnd({ status }: Target): boolean {
  return status === "held" || status === "confirmed";
}

export class Bulk {
  readonly items: readonly Item[];
  readonly #run = crypto.randomUUID();
  readonly #deps: Deps;
  #state: "ready" | "running" | "stopping" | "over" = "ready";

  constructor(targets: readonly Target[], deps: Deps) {
    this.#deps = deps;
    this.items = targets.map((it) => ({ ...it, outcome: "untouched", problem: null }));
  }

  get state() {
    return this.#state;
  }

  count(...outcomes: Outcome[]): number {
    return this.items.filter(({ outcome }) => outcomes.includes(outcome)).length;
  }

  /** Everything that is not settled yet, and what was refused once more. */
  async run(): Promise<void> {
    if (this.#state === "running" || this.#state === "stopping") return;
    this.#state = "running";
    this.#deps.onChange();
    const open = this.items.filter(
      ({ outcome }) => outcome !== "cancelled" && outcome !== "released",
    );
    const worker = async () => {
      for (let item = open.shift(); item !== undefined; item = open.shift()) {
        if (this.#stopped()) return;
        await this.#one(item);
        this.#deps.onChange();
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    this.#state = "over";
    this.#deps.onChange();
  }

  /** What is under way is finished, nothing else is begun. */
  stop(): void {
    if (this.#state !== "running") return;
    this.#state = "stopping";
    this.#deps.onChange();
  }

  #stopped(): boolean {
    return this.#state !== "running";
  }

  async #one(item: Item): Promise<void> {
    const wait = this.#deps.wait ?? pause;
    for (let failures = 0; failures < TRIES; failures += 1) {
      try {
        await this.#deps.act(item, `${this.#run}:${item.id}`);
        item.outcome = item.status === "held" ? "released" : "cancelled";
        item.problem = null;
        return;
      } catch (error) {
        if (!isProblem(error)) throw error;
        item.problem = error;
        item.outcome = error.transient ? "failed" : "refused";
        if (!error.transient || this.#stopped()) return;
        await wait(backoff(failures));
      }
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((over) => setTimeout(over, milliseconds));
}
