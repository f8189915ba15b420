import { compileGlob, type Glob, type Place, parseDuration, parseMoney, parseShare } from '#core';
import type { AlertSpec, Snapshot } from '#snapshot';

/** An Alert document as it is watched: shares are ratios, times milliseconds, money micro-USD. */
export interface AlertRule {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly metric: AlertSpec['when']['metric'];
  /** Fires strictly above, or strictly below where `isBelow`; null for metrics without one. */
  readonly threshold: number | null;
  readonly isBelow: boolean;
  /** Counts as over here; the threshold where nothing else is said. */
  readonly clearAt: number | null;
  readonly overMs: number;
  readonly minRequests: number;
  readonly forMs: number;
  readonly clearForMs: number;
  /** In (0, 1). */
  readonly quantile: number;
  readonly factor: number;
  readonly budget: string | null;
  readonly withinMs: number | null;
  readonly scope: AlertScopeGlobs;
  readonly severity: 'critical' | 'warning' | 'info';
  /** Names of receivers. */
  readonly to: readonly string[];
  readonly repeatEveryMs: number;
  /** Where the condition is written. */
  readonly at: Place | null;
}

/** Null lists mean everything. */
export interface AlertScopeGlobs {
  readonly routes: readonly Glob[] | null;
  readonly providers: readonly Glob[] | null;
  readonly consumers: readonly Glob[] | null;
  /** The lists as written, to tell one scope from another. */
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const OVER_MS = 300_000;
const CLEAR_FOR_MS = 60_000;
const REPEAT_MS = 4 * HOUR_MS;
const FACTOR = 3;
const MIN_REQUESTS: Readonly<Partial<Record<AlertRule['metric'], number>>> = { cost: 0, 'provider-down': 5 };

/** The alerts that are active in the snapshot's environment. Pure. */
export function alertRules(snapshot: Snapshot): readonly AlertRule[] {
  return snapshot.carried.flatMap(({ kind, name, metadata, spec }) => {
    if (kind !== 'Alert') return [];
    const alert = spec as unknown as AlertSpec;
    const environments = alert.scope?.environments ?? [];
    if (environments.length > 0 && !environments.includes(snapshot.environment)) return [];
    return [compileAlert(snapshot, name, metadata, alert)];
  });
}

function compileAlert(
  snapshot: Snapshot,
  name: string,
  metadata: Readonly<Record<string, unknown>>,
  { when, scope = {}, severity, to, repeatEvery }: AlertSpec,
): AlertRule {
  const threshold = quantity(when.above ?? when.below);
  const origin = snapshot.origins.get(`Alert/${name}`);
  const at = origin?.fields.get('when') ?? origin ?? null;
  return {
    name,
    description: typeof metadata.description === 'string' ? metadata.description : '',
    owner: typeof metadata.owner === 'string' ? metadata.owner : '',
    metric: when.metric,
    threshold,
    isBelow: when.below !== undefined,
    clearAt: quantity(when.clearAt) ?? threshold,
    overMs: parseDuration(when.over ?? '') ?? (when.metric === 'spend-anomaly' ? HOUR_MS : OVER_MS),
    minRequests: when.minRequests ?? MIN_REQUESTS[when.metric] ?? 20,
    forMs: parseDuration(when.for ?? '') ?? 0,
    clearForMs: parseDuration(when.clearFor ?? '') ?? CLEAR_FOR_MS,
    quantile: Number(`0.${(when.quantile ?? 'p99').slice(1)}`),
    factor: when.factor ?? FACTOR,
    budget: when.budget ?? null,
    withinMs: parseDuration(when.within ?? ''),
    scope: {
      routes: globs(scope.routes),
      providers: globs(scope.providers),
      consumers: globs(scope.consumers),
      key: JSON.stringify([scope.routes ?? [], scope.providers ?? [], scope.consumers ?? []]),
    },
    severity: severity ?? 'warning',
    to,
    repeatEveryMs: parseDuration(repeatEvery ?? '') ?? REPEAT_MS,
    at: at === null ? null : { file: at.file, line: at.line },
  };
}

/** A share, a duration or money: the schema has seen that it is what the metric takes. */
function quantity(text: string | undefined): number | null {
  if (text === undefined) return null;
  return parseShare(text) ?? parseDuration(text) ?? parseMoney(text);
}

function globs(list: readonly string[] | undefined): readonly Glob[] | null {
  return list === undefined || list.length === 0 ? null : list.map(compileGlob);
}
