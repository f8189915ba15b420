import type { Stage } from './check.ts';
import type { GuardCheck, StageGuard } from './compile-guard.ts';

/** What a check came to. `not_evaluated` is no pass: nobody looked, or nobody could say. */
export type GuardOutcome = 'pass' | 'flag' | 'mask' | 'block' | 'not_evaluated';

/** The verdict of one check on one stage of a request; never any text. */
export interface GuardVerdict {
  readonly guardrail: string;
  readonly check: string;
  readonly stage: Stage;
  readonly action: GuardOutcome;
  /** Findings. */
  readonly count: number;
}

/** Counts what checks find in one request. */
export interface Tally {
  /** From here on every check of the stage has a verdict: not evaluated, until it is. */
  readonly begin: (guard: StageGuard) => void;
  readonly note: (
    stage: Stage,
    check: Pick<GuardCheck, 'guardrail' | 'id'>,
    outcome: GuardOutcome,
    count?: number,
  ) => void;
  /** In the order of the policy. */
  readonly verdicts: () => readonly GuardVerdict[];
}

// A check that looks several times keeps its weightiest outcome: one text nobody could judge outweighs others that passed.
const WEIGHT: Readonly<Record<GuardOutcome, number>> = { pass: 1, not_evaluated: 2, flag: 3, mask: 4, block: 5 };

/** Creates the tally of one request. Holds names and figures only. */
export function createTally(): Tally {
  const verdicts = new Map<string, GuardVerdict & { readonly isSeen: boolean }>();

  function begin({ stage, names }: StageGuard): void {
    for (const { guardrail, id } of names) {
      const key = keyOf(stage, guardrail, id);
      if (!verdicts.has(key)) {
        verdicts.set(key, { guardrail, check: id, stage, action: 'not_evaluated', count: 0, isSeen: false });
      }
    }
  }

  function note(
    stage: Stage,
    { guardrail, id }: Pick<GuardCheck, 'guardrail' | 'id'>,
    outcome: GuardOutcome,
    count = 0,
  ): void {
    const key = keyOf(stage, guardrail, id);
    const before = verdicts.get(key);
    const isHeavier = before === undefined || !before.isSeen || WEIGHT[outcome] > WEIGHT[before.action];
    const action = isHeavier ? outcome : before.action;
    verdicts.set(key, { guardrail, check: id, stage, action, count: (before?.count ?? 0) + count, isSeen: true });
  }

  return {
    begin,
    note,
    verdicts: () => [...verdicts.values()].map(({ isSeen: _isSeen, ...verdict }) => verdict),
  };
}

function keyOf(stage: Stage, guardrail: string, id: string): string {
  return JSON.stringify([stage, guardrail, id]);
}
