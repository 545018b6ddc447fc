/** How pools were used, added up: over all of them for each step, and over all steps for each. */
import type { UseStep } from "./shapes.ts";

export interface Use {
  booked: number | null;
  inSlots: number | null;
  taken: number | null;
}

export function addedUp<Key extends string>(
  steps: readonly UseStep[],
  keyOf: (step: UseStep) => Key,
): Map<Key, Use> {
  const groups = new Map<Key, UseStep[]>();
  for (const step of steps) {
    const key = keyOf(step);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [step]);
    else known.push(step);
  }
  return new Map([...groups].map(([key, group]) => [key, useOf(group)]));
}

/** As a share of the opening hours; of a pool whose site has none, of all hours. */
function useOf(steps: readonly UseStep[]): Use {
  const sum = (of: (step: UseStep) => number) => steps.reduce((total, it) => total + of(it), 0);
  const all = sum((it) => it.seconds_open ?? it.seconds_owned);
  const share = (seconds: number) => (all === 0 ? null : seconds / all);
  return {
    booked: share(sum((it) => it.seconds_booked)),
    inSlots: share(sum((it) => it.seconds_in_slots)),
    taken: share(sum((it) => it.seconds_taken)),
  };
}
