import { compareText } from '#core';
import type { ExplainedExample } from './explained-example.ts';
import { requests } from './gates.ts';
import type { Tally, Transition } from './tally.ts';

/** One of the few changed requests that a report shows. */
export interface ChosenExample extends ExplainedExample {
  readonly id: string;
  readonly why: string;
  /** Requests that change in the same way. */
  readonly requests: number;
  readonly deltaMicroUsd: number;
}

const MAX_EXAMPLES = 6;

/** Picks up to six: one for each new refusal, the largest moves of money, the largest groups. Pure. */
export function chooseExamples({ transitions }: Tally): readonly ChosenExample[] {
  const all = Object.entries(transitions).sort(([a], [b]) => compareText(a, b));
  const chosen = new Map<string, ChosenExample>();
  const take = (
    why: string,
    order: (a: Transition, b: Transition) => number,
    keep: (each: Transition) => boolean,
    most: number,
  ): void => {
    const fitting = all.filter(([, each]) => keep(each)).sort(([, a], [, b]) => order(a, b));
    let taken = 0;
    for (const [key, { example, weight }] of fitting) {
      if (chosen.size >= MAX_EXAMPLES || taken >= most) return;
      if (chosen.has(key) || example.explained === null) continue;
      chosen.set(key, {
        ...example.explained,
        id: example.id,
        why,
        requests: requests(weight),
        deltaMicroUsd: example.deltaMicroUsd,
      });
      taken += 1;
    }
  };
  const byWeight = (a: Transition, b: Transition) => b.weight - a.weight;
  const byMoney = (a: Transition, b: Transition) => Math.abs(b.deltaMicroUsd) - Math.abs(a.deltaMicroUsd);
  take('newly refused', byWeight, isNewDenial, 3);
  take('lost a capability', byWeight, ({ capabilityLosses }) => capabilityLosses > 0, 1);
  take('answered by a lower tier', byWeight, ({ tierDowngrades }) => tierDowngrades > 0, 1);
  take('moves most money', byMoney, ({ deltaMicroUsd }) => deltaMicroUsd !== 0, 2);
  take('largest group', byWeight, () => true, MAX_EXAMPLES);
  return [...chosen.values()];
}

/** Whether a transition refuses what was allowed. Pure. */
export function isNewDenial({ from, to }: Pick<Transition, 'from' | 'to'>): boolean {
  return from.kind !== 'denied' && to.kind === 'denied';
}
