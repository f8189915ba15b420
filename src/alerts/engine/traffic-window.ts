import { fitsGlob, type Glob } from '#core';
import type { AlertRule } from './alert-rule.ts';
import { type DurationSketch, durationClass } from './duration-sketch.ts';
import type { TrafficSample } from './traffic-sample.ts';

/** What a rule counts over its time, added up. */
export interface WindowTotals {
  /** What the share is of: requests, answers, lookups. */
  readonly count: number;
  /** What the rule looks for: errors, fallbacks, misses, slow requests, lost records. */
  readonly bad: number;
  readonly costMicroUsd: number;
  readonly sketch: DurationSketch;
  /** What stands behind `bad` or the cost, by name. */
  readonly causes: Readonly<Record<string, number>>;
  /** Calls by provider: how many went well, how many failed. */
  readonly providers: Readonly<Record<string, readonly [ok: number, failed: number]>>;
}

/** A piece of the time, by its number since 1970. */
interface Slot {
  readonly at: number;
  count: number;
  bad: number;
  costMicroUsd: number;
  readonly sketch: Record<number, number>;
  readonly causes: Record<string, number>;
  readonly providers: Record<string, [number, number]>;
}

/** The counts of one process by the key of what they count: as JSON they travel to whoever evaluates, and through a restart. */
export type WindowsPost = Readonly<Record<string, readonly Slot[]>>;

const SLOTS = 60;
const MAX_CAUSES = 40;
const OTHERS = 'others';

/** Names what a rule counts: rules that differ only in threshold, receivers or name share it, and an edit of those loses nothing. Pure. */
export function windowKey({ metric, overMs, scope }: AlertRule): string {
  return JSON.stringify([metric, overMs, scope.key]);
}

/** Whether the metric is counted from requests. Pure. */
export function isCounted({ metric }: Pick<AlertRule, 'metric'>): boolean {
  return COUNTED.has(metric);
}

const COUNTED: ReadonlySet<AlertRule['metric']> = new Set([
  ...(['error-rate', 'latency', 'first-token', 'fallback-share', 'cache-hit-rate', 'cost'] as const),
  ...(['spend-anomaly', 'provider-down', 'recorder-drops'] as const),
]);

/** Sliding windows over the requests of this process, in sixty pieces each. */
export interface TrafficWindows {
  /** Adds a request to the windows of every rule that it fits. */
  readonly add: (rules: readonly AlertRule[], sample: TrafficSample) => void;
  /** Adds records that were lost. */
  readonly addDrops: (rules: readonly AlertRule[], drops: number, atMs: number) => void;
  /** The pieces that still matter; null when nothing was added since the last time. */
  readonly post: (rules: readonly AlertRule[], nowMs: number) => WindowsPost | null;
}

/** Creates empty windows. Effects: none. */
export function createTrafficWindows(): TrafficWindows {
  const windows = new Map<string, Slot[]>();
  let isChanged = false;

  function slotOf(rule: AlertRule, atMs: number): Slot {
    const key = windowKey(rule);
    const slots = windows.get(key) ?? [];
    if (slots.length === 0) windows.set(key, slots);
    const at = Math.floor(atMs / slotMs(rule));
    const last = slots.at(-1);
    // Requests end in another order than they are told of by a moment at most.
    if (last !== undefined && at <= last.at) return slots.findLast((slot) => slot.at <= at) ?? last;
    const slot: Slot = { at, count: 0, bad: 0, costMicroUsd: 0, sketch: {}, causes: {}, providers: {} };
    slots.push(slot);
    if (slots.length > SLOTS + 1) slots.shift();
    return slot;
  }

  return {
    add(rules, sample) {
      const seen = new Set<string>();
      for (const rule of rules) {
        if (!isCounted(rule) || !fitsScope(rule, sample) || seen.has(windowKey(rule))) continue;
        seen.add(windowKey(rule));
        count(slotOf(rule, sample.atMs), rule, sample);
        isChanged = true;
      }
    },
    addDrops(rules, drops, atMs) {
      const rule = rules.find(({ metric }) => metric === 'recorder-drops');
      if (rule === undefined || drops <= 0) return;
      slotOf(rule, atMs).bad += drops;
      isChanged = true;
    },
    post(rules, nowMs) {
      if (!isChanged) return null;
      isChanged = false;
      const keys = new Set(rules.map(windowKey));
      for (const key of windows.keys()) if (!keys.has(key)) windows.delete(key);
      return Object.fromEntries(
        rules.filter(isCounted).map((rule) => {
          const first = firstSlot(rule, nowMs);
          return [windowKey(rule), (windows.get(windowKey(rule)) ?? []).filter(({ at }) => at >= first)];
        }),
      );
    },
  };
}

/** Adds up what the posts of all processes say about a rule's time until now. Pure. */
export function totalsOf(rule: AlertRule, posts: readonly WindowsPost[], nowMs: number): WindowTotals {
  const first = firstSlot(rule, nowMs);
  const total = { count: 0, bad: 0, costMicroUsd: 0, sketch: {}, causes: {}, providers: {} } as Omit<Slot, 'at'>;
  for (const post of posts) {
    for (const slot of post[windowKey(rule)] ?? []) {
      if (slot.at < first || slot.at * slotMs(rule) > nowMs) continue;
      total.count += slot.count;
      total.bad += slot.bad;
      total.costMicroUsd += slot.costMicroUsd;
      for (const [index, n] of Object.entries(slot.sketch)) addTo(total.sketch, index as unknown as number, n);
      for (const [name, n] of Object.entries(slot.causes)) addTo(total.causes, name, n);
      for (const [name, [ok, failed]] of Object.entries(slot.providers)) addCalls(total.providers, name, ok, failed);
    }
  }
  return total;
}

function count(slot: Slot, rule: AlertRule, sample: TrafficSample): void {
  const { weight, isRefused, costMicroUsd, calls, route, fallback, firstTokenMs } = sample;
  if (rule.metric === 'provider-down') countCalls(slot, rule, sample);
  if (isRefused) return;
  switch (rule.metric) {
    case 'error-rate':
      share(slot, sample, true, sample.isError, errorCause(sample));
      break;
    case 'fallback-share':
      share(slot, sample, sample.isAnswer, fallback !== null, `${calls[0]?.target || route}: ${fallback}`);
      break;
    case 'cache-hit-rate':
      share(slot, sample, sample.cache !== null, sample.cache === 'miss', `route ${route}`);
      break;
    case 'latency':
      duration(slot, rule, sample, sample.durationMs);
      break;
    case 'first-token':
      if (firstTokenMs !== null) duration(slot, rule, sample, firstTokenMs);
      break;
    case 'cost':
    case 'spend-anomaly':
      slot.count += weight;
      slot.costMicroUsd += costMicroUsd * weight;
      if (costMicroUsd > 0) {
        cause(slot, `${sample.consumer || 'nobody'} with ${sample.model || 'no model'}`, costMicroUsd * weight);
      }
      break;
    case 'recorder-drops':
      slot.count += weight;
      break;
    default:
      break;
  }
}

function share(slot: Slot, { weight }: TrafficSample, isCountedIn: boolean, isBad: boolean, name: string): void {
  if (!isCountedIn) return;
  slot.count += weight;
  if (!isBad) return;
  slot.bad += weight;
  cause(slot, name, weight);
}

function duration(slot: Slot, { threshold }: AlertRule, sample: TrafficSample, ms: number): void {
  slot.count += sample.weight;
  addTo(slot.sketch, durationClass(ms), sample.weight);
  if (threshold === null || ms <= threshold) return;
  slot.bad += sample.weight;
  cause(slot, sample.model || `route ${sample.route}`, sample.weight);
}

function countCalls(slot: Slot, { scope }: AlertRule, { calls, weight }: TrafficSample): void {
  for (const { provider, outcome } of calls) {
    if (provider === '' || outcome === 'cancelled' || !fits(scope.providers, provider)) continue;
    // The provider lives when it refuses the request; a refused key or quota is no answer for anybody.
    const isWell = outcome === 'ok' || ['context-overflow', 'content-filter', 'invalid-request'].includes(outcome);
    slot.count += weight;
    addCalls(slot.providers, provider, isWell ? weight : 0, isWell ? 0 : weight);
    if (!isWell) cause(slot, `${provider}: ${outcome}`, weight);
  }
}

function errorCause({ calls, code, status }: TrafficSample): string {
  const last = calls.at(-1);
  return last === undefined || last.outcome === 'ok'
    ? (code ?? `status ${status}`)
    : `${last.target || last.provider}: ${last.outcome}`;
}

function cause(slot: Slot, name: string, amount: number): void {
  const isKnown = Object.hasOwn(slot.causes, name);
  addTo(slot.causes, isKnown || Object.keys(slot.causes).length < MAX_CAUSES ? name : OTHERS, amount);
}

/** Who was called counts for providers as well as who served: else an outage would fit no provider. */
function fitsScope({ scope, metric }: AlertRule, sample: TrafficSample): boolean {
  if (!fits(scope.routes, sample.route) || !fits(scope.consumers, sample.consumer)) return false;
  if (scope.providers === null || metric === 'provider-down') return true;
  return fits(scope.providers, sample.provider) || sample.calls.some(({ provider }) => fits(scope.providers, provider));
}

function fits(globs: readonly Glob[] | null, name: string): boolean {
  return globs === null || globs.some((glob) => fitsGlob(glob, name));
}

function slotMs({ overMs }: AlertRule): number {
  return Math.max(1, overMs / SLOTS);
}

function firstSlot(rule: AlertRule, nowMs: number): number {
  return Math.floor((nowMs - rule.overMs) / slotMs(rule)) + 1;
}

function addTo<K extends string | number>(record: Record<K, number>, key: K, amount: number): void {
  record[key] = (record[key] ?? 0) + amount;
}

function addCalls(record: Record<string, [number, number]>, name: string, ok: number, failed: number): void {
  const before = record[name] ?? [0, 0];
  record[name] = [before[0] + ok, before[1] + failed];
}
