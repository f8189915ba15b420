import type { Decision } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { durationBucket } from './duration-buckets.ts';
import { isBetterExample } from './merge-tallies.ts';
import { type Played, playCacheHit, playDenial, playRecord, type Stage, wasCacheHit } from './play-record.ts';
import type { Side } from './side.ts';
import { count, type End, type Example, type Mover, type Tally, type Transition } from './tally.ts';
import type { Verdict } from './verdict.ts';

/** What one side makes of a record: its verdict and what came of it. */
export interface SideOutcome {
  readonly verdict: Verdict;
  readonly played: Played;
  /** The decision itself, where it cannot be made again from the record alone. */
  readonly decision?: Decision;
}

/** Plays a verdict against the record. A recorded cache hit stays one while its route still has a cache that may answer. Pure. */
export function outcomeOf(record: TrafficRecord, verdict: Verdict, stage: Stage): SideOutcome {
  if (verdict.plan === null) return { verdict, played: playDenial(verdict.status ?? 0, verdict.code) };
  if (verdict.cache !== null && wasCacheHit(record)) return { verdict, played: playCacheHit(record) };
  return { verdict, played: playRecord(record, verdict.plan, stage) };
}

/** The stage of a side for one record. */
export function stageOf(side: Side, names: Stage['names'], nowMs: number): Stage {
  return { snapshot: side.snapshot, names, nowMs };
}

/** Adds what base and head make of a record to a tally, and gives the transition it counts in; null when nothing changed. `weight` is in thousandths of a request. */
export function tallyComparison(
  tally: Tally,
  record: TrafficRecord,
  base: SideOutcome,
  head: SideOutcome,
  weight: number,
): Transition | null {
  const { counts } = tally;
  const b = base.played;
  const h = head.played;
  const isKnown = b.costMicroUsd !== null && h.costMicroUsd !== null;
  const baseCost = isKnown ? scaled(b.costMicroUsd, weight) : 0;
  const headCost = isKnown ? scaled(h.costMicroUsd, weight) : 0;
  const delta = headCost - baseCost;
  counts.baseMicroUsd += baseCost;
  counts.headMicroUsd += headCost;
  if (!isKnown) counts.unknown += weight;
  else {
    if (b.label === 'exact' && h.label === 'exact') counts.exact += weight;
    else counts.estimated += weight;
    // The same model reads the same tokens on both sides, however they were counted.
    const isSame = b.model === h.model && b.costMicroUsd === h.costMicroUsd;
    counts.deltaLowMicroUsd += isSame ? 0 : scaled(h.lowMicroUsd - b.highMicroUsd, weight);
    counts.deltaHighMicroUsd += isSame ? 0 : scaled(h.highMicroUsd - b.lowMicroUsd, weight);
  }
  tallySides(tally, base, head, weight);
  const isNewDenial = b.kind !== 'denied' && h.kind === 'denied';
  if (isNewDenial) counts.newDenials += weight;
  if (b.kind === 'denied' && h.kind !== 'denied') counts.removedDenials += weight;
  const isTierDown =
    b.kind === 'served' && h.kind === 'served' && b.tier !== null && h.tier !== null && h.tier < b.tier;
  const isLoss = losesCapability(base, head);
  if (isTierDown) counts.tierDowngrades += weight;
  if (isLoss) counts.capabilityLosses += weight;
  const isChanged = hasChanged(base, head);
  const { labels, consumer } = record.request;
  const movers = [
    moverOf(tally.teamMovers, labels?.team ?? consumer ?? 'unknown'),
    moverOf(tally.routeMovers, head.verdict.route ?? 'none'),
  ];
  for (const mover of movers) {
    mover.weight += weight;
    mover.baseMicroUsd += baseCost;
    mover.headMicroUsd += headCost;
    if (isChanged) mover.changed += weight;
    if (isNewDenial) mover.newDenials += weight;
    if (isTierDown) mover.tierDowngrades += weight;
    if (isLoss) mover.capabilityLosses += weight;
  }
  if (!isChanged) return null;
  counts.changed += weight;
  const transition = transitionOf(tally, record, base, head, delta);
  transition.records += 1;
  transition.weight += weight;
  transition.deltaMicroUsd += delta;
  if (!isKnown) transition.unknown += weight;
  if (isTierDown) transition.tierDowngrades += weight;
  if (isLoss) transition.capabilityLosses += weight;
  return transition;
}

/** Adds what comes of a record when models that were never called are taken at one end of the band: budgets fill sooner or later, and refuse more or fewer. */
export function tallyBound(
  { counts }: Tally,
  end: 'low' | 'high',
  base: SideOutcome,
  head: SideOutcome,
  weight: number,
): void {
  const b = base.played.costMicroUsd;
  const h = head.played.costMicroUsd;
  const isKnown = b !== null && h !== null;
  counts[`${end}BaseMicroUsd`] += isKnown ? scaled(b, weight) : 0;
  counts[`${end}MicroUsd`] += isKnown ? scaled(h, weight) : 0;
  if (head.played.kind === 'denied') counts[`${end}Denials`] += weight;
  if (head.played.target === 'cache') counts[`${end}Hits`] += weight;
}

function tallySides(tally: Tally, base: SideOutcome, head: SideOutcome, weight: number): void {
  const { counts } = tally;
  const b = base.played;
  const h = head.played;
  if (b.kind === 'denied') counts.baseDenials += weight;
  else if (b.kind === 'failed') counts.baseFailures += weight;
  else {
    counts.baseAnswers += weight;
    if (b.isFallback) counts.baseFallbacks += weight;
    if (b.target === 'cache') counts.baseHits += weight;
    if (b.durationMs !== null) count(tally.durations.base, durationBucket(b.durationMs), weight);
  }
  if (h.kind === 'denied') counts.headDenials += weight;
  else if (h.kind === 'failed') counts.headFailures += weight;
  else {
    counts.headAnswers += weight;
    if (h.isFallback) counts.headFallbacks += weight;
    if (h.target === 'cache') counts.headHits += weight;
    if (h.durationMs !== null) count(tally.durations.head, durationBucket(h.durationMs), weight);
  }
  if (base.verdict.cache !== null) counts.baseEligible += weight;
  if (head.verdict.cache !== null) counts.headEligible += weight;
  if (head.verdict.route !== null) count(tally.routes, head.verdict.route, weight);
  if (h.target !== null) count(tally.targets, h.target, weight);
}

function hasChanged({ verdict: bv, played: b }: SideOutcome, { verdict: hv, played: h }: SideOutcome): boolean {
  return (
    b.kind !== h.kind ||
    b.target !== h.target ||
    b.model !== h.model ||
    b.code !== h.code ||
    b.status !== h.status ||
    b.isFallback !== h.isFallback ||
    b.costMicroUsd !== h.costMicroUsd ||
    bv.route !== hv.route ||
    (bv.cache !== hv.cache && (bv.cache === null || hv.cache === null))
  );
}

function losesCapability({ verdict: bv, played: b }: SideOutcome, { verdict: hv, played: h }: SideOutcome): boolean {
  if (b.kind !== 'served') return false;
  if (hv.isIncapable) return true;
  const lost = hv.lacks[h.position] ?? [];
  const before = bv.lacks[b.position] ?? [];
  return lost.some((capability) => !before.includes(capability));
}

function moverOf(movers: Tally['teamMovers'], key: string): Mover {
  const known = movers[key];
  if (known !== undefined) return known;
  const fresh: Mover = {
    weight: 0,
    changed: 0,
    baseMicroUsd: 0,
    headMicroUsd: 0,
    newDenials: 0,
    tierDowngrades: 0,
    capabilityLosses: 0,
  };
  movers[key] = fresh;
  return fresh;
}

function transitionOf(
  tally: Tally,
  record: TrafficRecord,
  base: SideOutcome,
  head: SideOutcome,
  delta: number,
): Transition {
  const from = endOf(base);
  const to = endOf(head);
  const key = `${textOf(from)}→${textOf(to)}`;
  const known = tally.transitions[key];
  if (known !== undefined) {
    if (isBetterExample(record.id, delta, known.example)) Object.assign(known.example, exampleOf(record, delta));
    return known;
  }
  const fresh: Transition = {
    from,
    to,
    records: 0,
    weight: 0,
    deltaMicroUsd: 0,
    unknown: 0,
    tierDowngrades: 0,
    capabilityLosses: 0,
    example: exampleOf(record, delta),
  };
  tally.transitions[key] = fresh;
  return fresh;
}

/** A copy of its own: texts of a record may be slices that keep their whole line alive. */
function exampleOf(record: TrafficRecord, deltaMicroUsd: number): Example {
  const kept = JSON.parse(JSON.stringify(record)) as TrafficRecord;
  return { id: kept.id, deltaMicroUsd, record: kept, explained: null };
}

function endOf({ verdict, played }: SideOutcome): End {
  const { target, model, code } = played;
  const kind = target === 'cache' ? 'cache' : played.kind;
  return {
    kind,
    route: verdict.route,
    target: kind === 'denied' ? null : target,
    model,
    code,
    cache: verdict.cache,
    fallback: played.isFallback,
  };
}

function textOf({ kind, route, target, model, code, cache, fallback }: End): string {
  return `${kind}|${route}|${target}|${model}|${code}|${cache}|${fallback}`;
}

function scaled(micro: number | null, weight: number): number {
  return weight === 1000 ? (micro ?? 0) : Math.round(((micro ?? 0) * weight) / 1000);
}
