import { type AlertInputs, type AlertRule, type BudgetReading, totalsOf, type WindowsPost } from '#alerts';
import { counterOf } from '#decision';
import { tellable } from '#decision-log';
import type { GatewayParts } from '../gateway-parts.ts';
import { splitsOf, statusOf } from '../operations/admin-budgets.ts';
import { secretAges } from './secret-ages.ts';
import { targetProviders } from './target-providers.ts';

const WEEK_MS = 7 * 86_400_000;
const WEEKS = 4;

/** What the parts of a gateway offer to conditions. */
export type InputParts = Pick<GatewayParts, 'policies' | 'store' | 'storedSecrets' | 'usage' | 'nowMs'>;

/** Reads what every condition looks at, once for all rules; the answer gives a rule its own. Rejects when the store cannot be read. */
export async function readInputs(
  parts: InputParts,
  rules: readonly AlertRule[],
  posts: readonly WindowsPost[],
  openElsewhere: readonly string[],
): Promise<(rule: AlertRule) => AlertInputs> {
  const nowMs = parts.nowMs();
  const { snapshot } = parts.policies.current();
  const budgets = await readBudgets(parts, new Set(rules.flatMap(({ budget }) => budget ?? [])), nowMs);
  const needsBreakers = rules.some(({ metric }) => metric === 'breaker-open');
  const open = needsBreakers ? [...Object.keys(await parts.store.openBreakers()), ...openElsewhere] : [];
  const providers = targetProviders(snapshot);
  const openBreakers = [...new Set(open)].map((target) => ({ target, provider: providers.get(target) ?? '' }));
  const rejected = parts.policies.rejected();
  const [finding] = rejected?.diagnostics ?? [];
  return (rule) => ({
    nowMs,
    totals: totalsOf(rule, posts, nowMs),
    budgets: budgets.filter(({ budget }) => budget === rule.budget),
    usualMicroUsd: rule.metric === 'spend-anomaly' ? usualCost(parts, rule, nowMs) : null,
    openBreakers,
    rejected:
      rejected === null
        ? null
        : {
            atMs: rejected.sinceMs,
            at: finding === undefined ? null : { file: finding.file, line: finding.line },
            message: finding?.message ?? 'the policies do not compile',
          },
    keys: [...snapshot.keys.values()].map(({ consumer, id, createdAtMs }) => ({ consumer, id, createdAtMs })),
    secrets: rule.metric === 'key-age' ? secretAges(snapshot, parts.storedSecrets()) : [],
  });
}

async function readBudgets(
  parts: InputParts,
  names: ReadonlySet<string>,
  nowMs: number,
): Promise<readonly BudgetReading[]> {
  const { snapshot } = parts.policies.current();
  const counters = [...names].flatMap((name) => {
    const budget = snapshot.budgets.get(name);
    return budget === undefined
      ? []
      : splitsOf(parts, budget, nowMs).map((split) => ({ budget, counter: counterOf(budget, split, nowMs) }));
  });
  if (counters.length === 0) return [];
  const facts = await parts.store.readFacts({ counters: counters.map(({ counter }) => counter), targets: [] });
  return counters.map(({ budget, counter }) => {
    const { forecast, ...status } = statusOf(parts, budget, counter, facts.counters[counter.key], nowMs);
    return {
      ...{
        budget: budget.name,
        split: status.split.map(tellable),
        unit: status.unit,
        limit: status.limit,
        spent: status.spent,
      },
      windowEndMs: budget.window.kind === 'rolling' ? null : counter.windowEndMs,
      projected: forecast?.projected ?? null,
      reachesLimitAtMs: forecast?.reachesLimitAt == null ? null : Date.parse(forecast.reachesLimitAt),
    };
  });
}

/** The mean of the same span in up to four earlier weeks that the ledger knows whole; null when it knows none. */
function usualCost({ usage }: InputParts, { overMs }: AlertRule, nowMs: number): number | null {
  const firstMs = usage.reader.firstMs();
  const ends = Array.from({ length: WEEKS }, (_, at) => nowMs - (at + 1) * WEEK_MS);
  const known = ends.filter((endMs) => firstMs !== null && endMs - overMs >= firstMs);
  if (known.length === 0) return null;
  const sum = known.reduce((total, endMs) => total + usage.reader.costBetween(endMs - overMs, endMs), 0);
  return sum / known.length;
}
