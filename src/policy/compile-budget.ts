import type { Budget, BudgetSpec, LimitUnit } from '#snapshot';
import { compileFields, compileGlobs } from './compile-matcher.ts';
import { toMicroUsd, toMs, toRatio } from './compile-quantities.ts';

const COUNTED_UNITS: readonly Exclude<LimitUnit, 'cost'>[] = [
  'tokens',
  'inputTokens',
  'outputTokens',
  'requests',
  'concurrency',
];

/** A budget; a calendar window without a time zone has the project's, else UTC (lint says so). Pure. */
export function compileBudget(name: string, spec: BudgetSpec, projectTimezone: string | null): Budget {
  const { scope, window, onExhausted } = spec;
  return {
    name,
    scope: {
      consumers: compileGlobs(scope?.consumers),
      labels: compileFields(scope?.labels),
      routes: compileGlobs(scope?.routes),
      models: compileGlobs(scope?.models),
      providers: compileGlobs(scope?.providers),
      metadata: compileFields(scope?.metadata),
    },
    per: spec.per ?? [],
    ...compileLimit(spec.limit),
    window:
      window.rolling !== undefined
        ? { kind: 'rolling', ms: toMs(window.rolling) }
        : { kind: 'calendar', every: window.every ?? 'month', timezone: window.timezone ?? projectTimezone ?? 'UTC' },
    alertAt: (spec.alertAt ?? []).map(toRatio).sort((a, b) => a - b),
    onExhausted: compileAction(onExhausted),
    failMode: spec.failMode ?? 'closed',
    unpriced: spec.unpriced ?? 'hold',
    leaseMs: toMs(spec.lease ?? '120s'),
    onLeaseExpiry: spec.onLeaseExpiry ?? 'settle',
  };
}

function compileLimit(limit: BudgetSpec['limit']): Pick<Budget, 'unit' | 'limit'> {
  if (limit.cost !== undefined) return { unit: 'cost', limit: toMicroUsd(limit.cost) };
  const unit = COUNTED_UNITS.find((name) => limit[name] !== undefined) ?? 'requests';
  return { unit, limit: limit[unit] ?? 0 };
}

function compileAction(action: BudgetSpec['onExhausted']): Budget['onExhausted'] {
  if (action === undefined) return null;
  return typeof action === 'string' ? { kind: action } : { kind: 'chain', chain: action.chain };
}
