import { formatUsd, type GatewayError } from '#core';
import type { Reservation } from '#decision';
import type { CacheUse } from './cache/cache-use.ts';
import type { Progress } from './progress.ts';
import { knownCost } from './settle-request.ts';

// A caller that waits longer than a minute in a loop of its SDK is better off with an error.
const PATIENCE_MS = 60_000;

/** Headers of ours never come from a provider, whatever it sends. */
const OWN_PREFIX = 'x-signalbox-';

/**
 * The headers of an answer or an error as a flat list: the provider's that may pass, then the contract's `x-signalbox-…`, each only when its value is
 * known now. A stream's cost is not, and is never guessed. Pure.
 */
export function answerHeaders(progress: Progress, provider: Readonly<Record<string, string>> = {}): string[] {
  const headers: string[] = [];
  for (const name of Object.keys(provider)) {
    const value = provider[name];
    if (value !== undefined && !name.startsWith(OWN_PREFIX)) headers.push(name, value);
  }
  const { call, snapshot, route, served, attempts, decision, settlement } = progress;
  headers.push(
    'x-signalbox-request-id',
    call.id,
    'x-signalbox-revision',
    snapshot.revision,
    'x-signalbox-cache',
    progress.cache.result,
  );
  pushCache(headers, progress.cache);
  if (route !== null) headers.push('x-signalbox-route', route);
  const trimmed = progress.request?.trimmed;
  if (trimmed !== undefined) {
    const { messages, inputTokens } = trimmed;
    const after = progress.request?.inputTokens ?? inputTokens;
    headers.push('x-signalbox-trimmed', `messages=${messages ?? 0}; tokens=${inputTokens}; left=${after}`);
  }
  if (decision?.kind === 'allow') {
    // A stream's own attempt is still under way.
    const running = served !== null && settlement === null && progress.cache.result !== 'shared' ? 1 : 0;
    headers.push('x-signalbox-attempts', String(attempts.length + running));
    const skipped = [...decision.plan.skipped, ...(served?.skipped ?? [])];
    if (skipped.length > 0) headers.push('x-signalbox-skipped', skipped.map(skipText).join(', '));
  }
  if (served !== null) {
    const { target, fallback, dropped } = served;
    headers.push('x-signalbox-target', target.id, 'x-signalbox-provider', target.provider.name);
    headers.push('x-signalbox-model', token(target.model ?? target.upstreamModel));
    if (fallback !== null) headers.push('x-signalbox-fallback', fallback);
    if (isDegraded(progress)) headers.push('x-signalbox-degraded', 'true');
    if (dropped.length > 0) headers.push('x-signalbox-dropped-params', token(dropped.join(', ')));
  }
  const lost = lostText(progress);
  if (lost !== null) headers.push(LOST_HEADER, lost);
  const cost = knownCost(progress);
  if (cost !== null) headers.push('x-signalbox-cost-usd', formatUsd(cost));
  const remaining = budgetRemaining(progress);
  if (remaining !== null) headers.push('x-signalbox-budget-remaining', remaining);
  return headers;
}

/** Names what crossing between dialects left out, as far as it is known by now. */
export const LOST_HEADER = 'x-signalbox-lost';

/** `request cache_control; answer citations, logprobs`; null for nothing. Pure. */
export function lostText({ served, lost }: Pick<Progress, 'served' | 'lost'>): string | null {
  const sides = [
    ['request', served?.hints ?? []],
    ['answer', [...lost]],
  ] as const;
  const told = sides.flatMap(([side, names]) => (names.length === 0 ? [] : [`${side} ${names.join(', ')}`]));
  return told.length === 0 ? null : token(told.join('; '));
}

/** What a kept answer says of itself. */
function pushCache(headers: string[], { key, ageMs, similarity, savedMicroUsd, model, provider }: CacheUse): void {
  if (key !== null) headers.push('x-signalbox-cache-key', key);
  if (ageMs === null) return;
  headers.push('age', String(Math.floor(ageMs / 1000)));
  if (similarity !== null) headers.push('x-signalbox-cache-similarity', similarity.toFixed(4));
  if (savedMicroUsd !== null) headers.push('x-signalbox-saved-usd', formatUsd(savedMicroUsd));
  if (provider !== null) headers.push('x-signalbox-provider', provider);
  if (model !== null) headers.push('x-signalbox-model', token(model));
}

/** The headers that only an error has. Pure. */
export function errorHeaders(error: GatewayError): string[] {
  const headers = ['x-signalbox-error', error.code];
  if (error.retryAfterMs === undefined) return headers;
  headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  if (error.retryAfterMs > PATIENCE_MS) headers.push('x-should-retry', 'false');
  return headers;
}

/** Whether a target of a lower tier than the chain begins with has answered, or one of the chain that a budget hands over to. Pure. */
export function isDegraded({ served, decision }: Pick<Progress, 'served' | 'decision'>): boolean {
  if (served === null || decision?.kind !== 'allow') return false;
  if (decision.notes.some(({ kind }) => kind === 'budget-downgrade')) return true;
  const { firstTier } = decision.plan;
  const { tier } = served.target;
  return firstTier != null && tier !== null && tier < firstTier;
}

function skipText({
  id,
  reason,
  detail,
}: {
  readonly id: string;
  readonly reason: string;
  readonly detail: string | null;
}): string {
  return token(detail === null ? `${id} ${reason}` : `${id} ${reason} ${detail}`);
}

/** `name=amount;unit` of the budget with the smallest share left, this request's cost or hold taken off. */
function budgetRemaining({ decision, facts, settlement }: Progress): string | null {
  if (decision?.kind !== 'allow' || facts === null) return null;
  let tightest: { readonly share: number; readonly text: string } | null = null;
  for (const [index, reservation] of decision.reservations.entries()) {
    const { budget, unit, limit } = reservation.counter;
    const left = Math.max(
      0,
      limit - usedOf(reservation, facts.counters) - (settlement?.charges[index]?.amount ?? reservation.amount),
    );
    const share = limit === 0 ? 0 : left / limit;
    if (tightest !== null && share >= tightest.share) continue;
    tightest = { share, text: `${budget}=${unit === 'cost' ? `${formatUsd(left)};USD` : `${left};${unit}`}` };
  }
  return tightest?.text ?? null;
}

function usedOf(
  { counter }: Reservation,
  counters: Readonly<Record<string, { readonly spent: number; readonly held: number }>>,
): number {
  const state = counters[counter.key];
  return state === undefined ? 0 : state.spent + state.held;
}

/** A header holds visible ASCII: everything else, which a model's name or a field's path may bring, becomes `?`. */
function token(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1024);
}
