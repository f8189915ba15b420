import { compareText, sha256 } from '#core';
import type { TrafficRecord } from '#decision-log';
import { bucketMs, durationBucket } from '../duration-buckets.ts';

/** What is in a recording. Counts are of records; `requests` is what they stand for. */
export interface TrafficStats {
  readonly records: number;
  readonly requests: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly perHour: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly mix: Readonly<Record<MixName, readonly Share[]>>;
  readonly duplicateIds: number;
  readonly repeatedPrompts: number;
  /** Whether a recording was too large for every id to be kept: then duplicates are those that were found. */
  readonly duplicatesAreLowerBound: boolean;
  readonly strata: readonly Share[];
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  readonly p95Ms: number | null;
}

/** One value and its records. */
export interface Share {
  readonly name: string;
  readonly records: number;
}

/** What records are counted by. */
export type MixName = 'model' | 'consumer' | 'route' | 'endpoint' | 'outcome' | 'environment' | 'revision';

/** Counts records one after another. */
export interface StatsCounter {
  readonly add: (record: TrafficRecord) => void;
  readonly stats: () => TrafficStats;
}

const MIX: readonly MixName[] = ['model', 'consumer', 'route', 'endpoint', 'outcome', 'environment', 'revision'];
const MOST_VALUES = 5000;
const MOST_IDS = 2_000_000;
const HOUR_MS = 3_600_000;

/** Creates a counter of bounded memory. */
export function createStatsCounter(): StatsCounter {
  const mix = new Map(MIX.map((name) => [name, new Map<string, number>()] as const));
  const strata = new Map<string, number>();
  const hours = new Set<number>();
  const ids = new Set<number>();
  const prompts = new Set<number>();
  const durations = new Map<string, number>();
  let [records, requests, inputTokens, outputTokens, costMicroUsd, duplicateIds, repeatedPrompts] = [
    0, 0, 0, 0, 0, 0, 0,
  ];
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;

  function add(record: TrafficRecord): void {
    const atMs = Date.parse(record.at);
    const { usage, costMicroUsd: cost, durationMs } = record.outcome ?? {};
    records += 1;
    requests += record.sampleWeight ?? 1;
    fromMs = Math.min(fromMs, atMs);
    toMs = Math.max(toMs, atMs);
    hours.add(Math.floor(atMs / HOUR_MS));
    inputTokens += usage == null ? 0 : usage.input + usage.cacheRead + usage.cacheWrite;
    outputTokens += usage == null ? 0 : usage.output + usage.reasoning;
    costMicroUsd += cost ?? 0;
    for (const name of MIX) bump(mix.get(name), fieldOf(record, name));
    bump(strata, stratumOf(record));
    if (!remember(ids, record.id)) duplicateIds += 1;
    const prompt = record.request.digests?.prompt;
    if (prompt != null && !remember(prompts, prompt)) repeatedPrompts += 1;
    if (durationMs !== undefined) bump(durations, durationBucket(durationMs));
  }

  function stats(): TrafficStats {
    const span = records === 0 ? 0 : Math.max(toMs - fromMs, HOUR_MS);
    return {
      records,
      requests: Math.round(requests),
      from: records === 0 ? null : new Date(fromMs).toISOString(),
      to: records === 0 ? null : new Date(toMs).toISOString(),
      perHour: span === 0 ? 0 : Math.round((requests / span) * HOUR_MS * 10) / 10,
      inputTokens,
      outputTokens,
      costMicroUsd,
      mix: Object.fromEntries(MIX.map((name) => [name, sharesOf(mix.get(name) ?? new Map())])) as TrafficStats['mix'],
      duplicateIds,
      repeatedPrompts,
      duplicatesAreLowerBound: ids.size >= MOST_IDS,
      strata: sharesOf(strata),
      gaps: gapsOf(hours),
      p95Ms: quantile(durations, 0.95),
    };
  }

  return { add, stats };
}

/** Route, consumer, model and outcome: what a sample keeps apart. Pure. */
export function stratumOf(record: TrafficRecord): string {
  return (['route', 'consumer', 'model', 'outcome'] as const).map((name) => fieldOf(record, name)).join(' · ');
}

function fieldOf({ request, decision, outcome, environment, revision }: TrafficRecord, name: MixName): string {
  switch (name) {
    case 'model':
      return request.model ?? 'unknown';
    case 'consumer':
      return request.consumer ?? 'unknown';
    case 'route':
      return decision?.route ?? 'none';
    case 'endpoint':
      return request.endpoint;
    case 'environment':
      return environment ?? 'unknown';
    case 'revision':
      return revision ?? 'unknown';
    case 'outcome':
      return outcomeOf(decision, outcome);
  }
}

function outcomeOf(decision: TrafficRecord['decision'], outcome: TrafficRecord['outcome']): string {
  if (decision?.allowed === false) return 'denied';
  if (outcome === undefined) return 'unknown';
  if (outcome.status >= 400) return outcome.status >= 500 ? 'error' : 'refused';
  if (outcome.cache === 'hit' || outcome.cache === 'semantic-hit') return 'cache hit';
  return outcome.fallback == null ? 'ok' : 'fallback';
}

function bump(counts: Map<string, number> | undefined, key: string): void {
  if (counts === undefined) return;
  const name = counts.has(key) || counts.size < MOST_VALUES ? key : 'other';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** False for one seen before. 48 bits of a hash: among two million, a false repeat has odds of one in a hundred. */
function remember(seen: Set<number>, text: string): boolean {
  const hash = Number.parseInt(sha256(text).slice(0, 12), 16);
  if (seen.has(hash)) return false;
  if (seen.size < MOST_IDS) seen.add(hash);
  return true;
}

function sharesOf(counts: ReadonlyMap<string, number>): readonly Share[] {
  return [...counts]
    .map(([name, records]) => ({ name, records }))
    .sort((a, b) => b.records - a.records || compareText(a.name, b.name));
}

/** Whole hours without a record between the first and the last. */
function gapsOf(hours: ReadonlySet<number>): TrafficStats['gaps'] {
  const rising = [...hours].sort((a, b) => a - b);
  return rising.slice(1).flatMap((hour, index) => {
    const before = rising[index] ?? hour;
    return hour - before > 1 ? [{ from: isoHour(before + 1), to: isoHour(hour) }] : [];
  });
}

function isoHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString();
}

function quantile(buckets: ReadonlyMap<string, number>, share: number): number | null {
  const rising = [...buckets].sort(([a], [b]) => Number(a) - Number(b));
  const whole = rising.reduce((sum, [, count]) => sum + count, 0);
  let reached = 0;
  for (const [bucket, count] of rising) {
    reached += count;
    if (reached >= whole * share) return bucketMs(bucket);
  }
  return null;
}
