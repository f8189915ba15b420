import { parseDuration, parseMoney, parseShare } from '#core';
import type { TrafficRecord } from '#decision-log';
import type { AlertSpec, Snapshot } from '#snapshot';

const DEFAULT_OVER_MS = 300_000;
const DEFAULT_MIN_REQUESTS = 20;

/** Counts how often alerts would have begun to fire. */
export interface AlertCounter {
  /** Records come in the order of their clock, as recordings are written. */
  readonly add: (record: TrafficRecord, atMs: number, weight: number) => void;
  readonly counts: () => ReadonlyMap<string, number>;
}

interface Watched {
  readonly name: string;
  readonly overMs: number;
  readonly minRequests: number;
  readonly measure: (record: TrafficRecord) => number;
  readonly isMet: (sum: number, requests: number) => boolean;
  slot: number;
  sum: number;
  requests: number;
  isFiring: boolean;
  fired: number;
}

/**
 * Watches the alerts on `error-rate`, `fallback-share` and `cost` that cover everything, span by span of their `over`: a close estimate of a window that
 * moves. Others need what a recording does not hold.
 */
export function createAlertCounter({ carried }: Snapshot): AlertCounter {
  const watched = carried.flatMap(({ kind, name, spec }) =>
    kind === 'Alert' ? watch(name, spec as unknown as AlertSpec) : [],
  );

  function close(alert: Watched): void {
    const isMet = alert.requests > 0 && alert.requests >= alert.minRequests && alert.isMet(alert.sum, alert.requests);
    if (isMet && !alert.isFiring) alert.fired += 1;
    alert.isFiring = isMet;
    alert.sum = 0;
    alert.requests = 0;
  }

  return {
    add(record, atMs, weight) {
      if (record.outcome === undefined) return;
      for (const alert of watched) {
        const slot = Math.floor(atMs / alert.overMs);
        if (slot !== alert.slot) {
          close(alert);
          if (slot !== alert.slot + 1) alert.isFiring = false;
          alert.slot = slot;
        }
        alert.sum += alert.measure(record) * weight;
        alert.requests += weight;
      }
    },
    counts() {
      for (const alert of watched) close(alert);
      return new Map(watched.map(({ name, fired }) => [name, fired]));
    },
  };
}

function watch(name: string, { when, scope = {} }: AlertSpec): readonly Watched[] {
  const narrowed = [scope.routes, scope.providers, scope.consumers].some(
    (list) => list !== undefined && list.length > 0,
  );
  const rule = narrowed ? null : ruleOf(when);
  if (rule === null) return [];
  const overMs = parseDuration(when.over ?? '') ?? DEFAULT_OVER_MS;
  const minRequests = when.metric === 'cost' ? 0 : (when.minRequests ?? DEFAULT_MIN_REQUESTS);
  return [{ name, overMs, minRequests, ...rule, slot: Number.NaN, sum: 0, requests: 0, isFiring: false, fired: 0 }];
}

/** `above` is strict. Errors are final statuses from 500 on. */
function ruleOf({ metric, above = '' }: AlertSpec['when']): Pick<Watched, 'measure' | 'isMet'> | null {
  const share = parseShare(above);
  const money = parseMoney(above);
  if (metric === 'error-rate' && share !== null) {
    const measure = ({ outcome }: TrafficRecord) => ((outcome?.status ?? 0) >= 500 ? 1 : 0);
    return { measure, isMet: (sum, requests) => sum / requests > share };
  }
  if (metric === 'fallback-share' && share !== null) {
    const measure = ({ outcome }: TrafficRecord) => (outcome?.fallback == null ? 0 : 1);
    return { measure, isMet: (sum, requests) => sum / requests > share };
  }
  if (metric === 'cost' && money !== null) {
    return { measure: ({ outcome }) => outcome?.costMicroUsd ?? 0, isMet: (sum) => sum > money };
  }
  return null;
}
