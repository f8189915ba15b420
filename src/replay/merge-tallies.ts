import { compareText } from '#core';
import {
  type Counts,
  count,
  createTally,
  type Example,
  MAX_PROBLEMS,
  type Mover,
  type Problem,
  type Tally,
  type Transition,
} from './tally.ts';

const FINGERPRINT_RANGE = 2 ** 48;

/** Adds up passes over parts of a recording: the same as one pass over all of it, in whatever order the parts come. */
export function mergeTallies(parts: readonly Tally[]): Tally {
  const sum = createTally();
  for (const part of parts) addTally(sum, part);
  sum.counts.fingerprint %= FINGERPRINT_RANGE;
  return sum;
}

function addTally(sum: Tally, part: Tally): void {
  addNumbers(sum.counts, part.counts);
  sum.counts.fingerprint %= FINGERPRINT_RANGE;
  sum.span.fromMs = pick(Math.min, sum.span.fromMs, part.span.fromMs);
  sum.span.toMs = pick(Math.max, sum.span.toMs, part.span.toMs);
  for (const name of ['missing', 'assumptions', 'routes', 'targets', 'mismatches', 'strangers'] as const) {
    addCounts(sum[name], part[name]);
  }
  addCounts(sum.durations.base, part.durations.base);
  addCounts(sum.durations.head, part.durations.head);
  for (const [key, transition] of Object.entries(part.transitions)) addTransition(sum.transitions, key, transition);
  for (const [key, mover] of Object.entries(part.teamMovers)) addMover(sum.teamMovers, key, mover);
  for (const [key, mover] of Object.entries(part.routeMovers)) addMover(sum.routeMovers, key, mover);
  const problems = [...sum.problems, ...part.problems].sort(compareProblems);
  sum.problems.splice(0, sum.problems.length, ...problems.slice(0, MAX_PROBLEMS));
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return choose(a, b);
}

function addCounts(sum: Record<string, number>, part: Readonly<Record<string, number>>): void {
  for (const [key, amount] of Object.entries(part)) count(sum, key, amount);
}

function addNumbers(sum: Counts | Mover, part: Counts | Mover): void {
  const into = sum as unknown as Record<string, number>;
  for (const [key, amount] of Object.entries(part)) into[key] = (into[key] ?? 0) + amount;
}

function addMover(sum: Record<string, Mover>, key: string, part: Mover): void {
  const known = sum[key];
  if (known === undefined) sum[key] = { ...part };
  else addNumbers(known, part);
}

function addTransition(sum: Record<string, Transition>, key: string, part: Transition): void {
  const known = sum[key];
  if (known === undefined) {
    sum[key] = { ...part, example: { ...part.example } };
    return;
  }
  known.records += part.records;
  known.weight += part.weight;
  known.deltaMicroUsd += part.deltaMicroUsd;
  known.unknown += part.unknown;
  known.tierDowngrades += part.tierDowngrades;
  known.capabilityLosses += part.capabilityLosses;
  if (isBetterExample(part.example.id, part.example.deltaMicroUsd, known.example))
    Object.assign(known.example, part.example);
}

/** Whether a record shows a transition better than the one kept: it moves more money, or as much with a smaller id. Pure. */
export function isBetterExample(id: string, deltaMicroUsd: number, kept: Example): boolean {
  const size = Math.abs(deltaMicroUsd);
  const keptSize = Math.abs(kept.deltaMicroUsd);
  return size > keptSize || (size === keptSize && compareText(id, kept.id) < 0);
}

/** By file, then by line. Pure. */
export function compareProblems(a: Problem, b: Problem): number {
  return compareText(a.file, b.file) || a.line - b.line;
}
