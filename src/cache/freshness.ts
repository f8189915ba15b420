import type { Cache } from '#snapshot';

/** What an answer of that age is good for. */
export type Freshness = 'fresh' | 'stale' | 'stale-if-error' | 'expired';

type Life = Pick<Cache, 'ttlMs' | 'staleWhileRevalidateMs' | 'staleIfErrorMs'>;

/** Jitter shortens a life by at most a tenth, so that answers kept together do not all end together. */
const MAX_JITTER = 0.1;

/** The jitter of a new answer by a draw in [0, 1). Pure. */
export function jitterOf(draw: number): number {
  return draw * MAX_JITTER;
}

/** What a kept answer is good for now, by the rules in force now and not those under which it was kept. Pure. */
export function freshnessOf(
  rule: Life,
  answer: { readonly storedAtMs: number; readonly jitter: number },
  nowMs: number,
): Freshness {
  const ageMs = nowMs - answer.storedAtMs;
  const lifeMs = rule.ttlMs * (1 - answer.jitter);
  if (ageMs < lifeMs) return 'fresh';
  if (ageMs < lifeMs + rule.staleWhileRevalidateMs) return 'stale';
  return ageMs < lifeMs + rule.staleIfErrorMs ? 'stale-if-error' : 'expired';
}

/** How long a store has to keep an answer for it to be of any use. Pure. */
export function keepForMs(rule: Life, jitter: number): number {
  return rule.ttlMs * (1 - jitter) + Math.max(rule.staleWhileRevalidateMs, rule.staleIfErrorMs);
}
