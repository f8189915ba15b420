import type { TrafficRecord } from '#decision-log';
import type { Verdict } from './verdict.ts';

type RecordedDecision = NonNullable<TrafficRecord['decision']>;

/** What a decision made again has different from the recorded one, such as `route`; null when it is the same. Only what the record holds is compared. Pure. */
export function mismatchOf(recorded: RecordedDecision, verdict: Verdict): string | null {
  if (recorded.allowed !== (verdict.plan !== null))
    return recorded.allowed ? `allowed, now ${verdict.code}` : `${recorded.code ?? 'denied'}, now allowed`;
  if (recorded.route !== verdict.route) return `route ${recorded.route ?? 'none'}, now ${verdict.route ?? 'none'}`;
  if (verdict.plan === null) {
    return recorded.code !== undefined && recorded.code !== verdict.code
      ? `${recorded.code}, now ${verdict.code}`
      : null;
  }
  if (recorded.chain !== undefined && recorded.chain !== verdict.plan.chain)
    return `chain ${recorded.chain}, now ${verdict.plan.chain}`;
  if (recorded.targets === undefined || isSameOrder(recorded.targets, verdict.plan.targets)) return null;
  return `targets ${recorded.targets[0] ?? 'none'} first, now ${verdict.plan.targets[0]?.id ?? 'none'}`;
}

function isSameOrder(recorded: readonly string[], targets: readonly { readonly id: string }[]): boolean {
  return recorded.length === targets.length && recorded.every((id, index) => id === targets[index]?.id);
}
