import type { TrafficRecord } from '#decision-log';
import type { ExplainedExample } from './explained-example.ts';
import type { Played } from './play-record.ts';

/**
 * What a pass over records adds up to. Everything is a sum of whole numbers, a smallest, a largest or a best, so any order and any split of the records gives the
 * same tally. Weights are thousandths of a request (a sampled record stands for several), money is micro-USD.
 */
export interface Tally {
  readonly counts: Counts;
  readonly span: { fromMs: number | null; toMs: number | null };
  readonly missing: Record<string, number>;
  readonly assumptions: Record<string, number>;
  readonly transitions: Record<string, Transition>;
  readonly teamMovers: Record<string, Mover>;
  readonly routeMovers: Record<string, Mover>;
  readonly routes: Record<string, number>;
  readonly targets: Record<string, number>;
  readonly mismatches: Record<string, number>;
  /** Recorded revisions whose policies are not at hand, as `abcdef012345|other`: with what is known of their catalogue. */
  readonly strangers: Record<string, number>;
  readonly durations: { readonly base: Record<string, number>; readonly head: Record<string, number> };
  /** Lines that are no records, the first few by file and line. */
  readonly problems: Problem[];
}

/** Sums that every pass has. `records` and the lines are plain counts; the rest are weights or money. */
export interface Counts {
  records: number;
  invalid: number;
  cut: number;
  otherEnvironment: number;
  inline: number;
  weight: number;
  changed: number;
  indeterminate: number;
  baseMicroUsd: number;
  headMicroUsd: number;
  deltaLowMicroUsd: number;
  deltaHighMicroUsd: number;
  exact: number;
  estimated: number;
  unknown: number;
  newDenials: number;
  removedDenials: number;
  baseDenials: number;
  headDenials: number;
  /** Requests that were also simulated at both ends of the band, and what came of them there. */
  bounded: number;
  lowDenials: number;
  lowHits: number;
  highHits: number;
  highDenials: number;
  lowBaseMicroUsd: number;
  lowMicroUsd: number;
  highBaseMicroUsd: number;
  highMicroUsd: number;
  baseFailures: number;
  headFailures: number;
  baseAnswers: number;
  headAnswers: number;
  baseFallbacks: number;
  headFallbacks: number;
  baseHits: number;
  headHits: number;
  baseEligible: number;
  headEligible: number;
  tierDowngrades: number;
  capabilityLosses: number;
  checked: number;
  reproduced: number;
  fingerprint: number;
}

/** Records that went from one end to another. */
export interface Transition {
  readonly from: End;
  readonly to: End;
  records: number;
  weight: number;
  deltaMicroUsd: number;
  /** Records without a known cost on both sides. */
  unknown: number;
  tierDowngrades: number;
  capabilityLosses: number;
  readonly example: Example;
}

/** Where a request ends. */
export interface End {
  readonly kind: Played['kind'] | 'cache';
  readonly route: string | null;
  readonly target: string | null;
  readonly model: string | null;
  readonly code: string | null;
  readonly cache: string | null;
  /** Whether it was not the first target that could be called. */
  readonly fallback: boolean;
}

/** The record of a transition whose cost moves most; of equals the one with the smallest id. */
export interface Example {
  id: string;
  deltaMicroUsd: number;
  /** Null in a part of a report: then it is explained already. */
  record: TrafficRecord | null;
  explained: ExplainedExample | null;
}

/** What a team or a route contributes. */
export interface Mover {
  weight: number;
  changed: number;
  baseMicroUsd: number;
  headMicroUsd: number;
  newDenials: number;
  tierDowngrades: number;
  capabilityLosses: number;
}

/** A line that could not be read. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** How many bad lines are named; the others are counted. */
export const MAX_PROBLEMS = 20;

/** A map without a prototype: its keys come from recordings. */
export function emptyMap<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** Creates a tally of nothing. */
export function createTally(): Tally {
  return {
    counts: { ...NOTHING },
    span: { fromMs: null, toMs: null },
    missing: emptyMap(),
    assumptions: emptyMap(),
    transitions: emptyMap(),
    teamMovers: emptyMap(),
    routeMovers: emptyMap(),
    routes: emptyMap(),
    targets: emptyMap(),
    mismatches: emptyMap(),
    strangers: emptyMap(),
    durations: { base: emptyMap(), head: emptyMap() },
    problems: [],
  };
}

/** Adds to a count by name. */
export function count(into: Record<string, number>, key: string, amount: number): void {
  into[key] = (into[key] ?? 0) + amount;
}

const NOTHING: Counts = Object.freeze({
  records: 0,
  invalid: 0,
  cut: 0,
  otherEnvironment: 0,
  inline: 0,
  weight: 0,
  changed: 0,
  indeterminate: 0,
  baseMicroUsd: 0,
  headMicroUsd: 0,
  deltaLowMicroUsd: 0,
  deltaHighMicroUsd: 0,
  exact: 0,
  estimated: 0,
  unknown: 0,
  newDenials: 0,
  removedDenials: 0,
  baseDenials: 0,
  headDenials: 0,
  bounded: 0,
  lowDenials: 0,
  lowHits: 0,
  highHits: 0,
  highDenials: 0,
  lowBaseMicroUsd: 0,
  lowMicroUsd: 0,
  highBaseMicroUsd: 0,
  highMicroUsd: 0,
  baseFailures: 0,
  headFailures: 0,
  baseAnswers: 0,
  headAnswers: 0,
  baseFallbacks: 0,
  headFallbacks: 0,
  baseHits: 0,
  headHits: 0,
  baseEligible: 0,
  headEligible: 0,
  tierDowngrades: 0,
  capabilityLosses: 0,
  checked: 0,
  reproduced: 0,
  fingerprint: 0,
});
