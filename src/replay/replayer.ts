import type { TrafficRecord } from '#decision-log';
import { outcomeOf, stageOf, tallyComparison } from './compare-record.ts';
import { mismatchOf } from './fidelity.ts';
import { createQuickLines, type QuickLines } from './quick-line.ts';
import { shapeOf } from './record-shape.ts';
import { recordTime } from './record-time.ts';
import { createModelNames } from './recorded-calls.ts';
import { inputOf, type ReplayInput } from './recorded-input.ts';
import { createSideShape, type Side, type SideShape } from './side.ts';
import { count, createTally, type Tally } from './tally.ts';
import { unknownFields } from './unknown-fields.ts';
import { unreadCounters } from './unread-counters.ts';
import type { Verdict } from './verdict.ts';

/** What a replay compares. */
export interface ReplaySides {
  readonly base: Side;
  readonly head: Side;
  /** Revisions that made recordings, by digest: to see whether their decisions come out again. */
  readonly recorded: ReadonlyMap<string, Side>;
  /** Budgets that are not the same on both sides: what they had spent must be known. */
  readonly changedBudgets: ReadonlySet<string>;
  /** Records of other environments are counted and left out. */
  readonly environment: string;
}

/** Replays records one by one and adds up what comes of them. */
export interface Replayer {
  /** `shape` names what the record shares with others, where the reader knows. */
  readonly add: (record: TrafficRecord, shape?: string) => void;
  readonly tally: Tally;
  readonly quickLines: QuickLines;
}

interface Shape {
  readonly base: SideShape;
  readonly head: SideShape;
  readonly recorded: Map<Side, SideShape>;
  unknown: readonly string[] | null;
}

/** Beyond it everything remembered is dropped: memory stays flat whatever a recording holds. */
const MAX_SHAPES = 20_000;

/** Creates a replay in which every record meets the state that was recorded with it. Its tally does not depend on the order of the records. */
export function createReplayer(sides: ReplaySides): Replayer {
  const tally = createTally();
  const names = createModelNames(sides.base.snapshot);
  const shapes = new Map<string, Shape>();

  function shapeFor(text: string): Shape {
    const known = shapes.get(text);
    if (known !== undefined) return known;
    if (shapes.size >= MAX_SHAPES) shapes.clear();
    const fresh: Shape = { base: createSideShape(), head: createSideShape(), recorded: new Map(), unknown: null };
    shapes.set(text, fresh);
    return fresh;
  }

  function add(record: TrafficRecord, shapeText: string = shapeOf(record)): void {
    const nowMs = recordTime(record);
    if (!admitRecord(tally, record, nowMs, sides.environment)) return;
    const weight = weightOf(record);
    const input = inputOf(record, nowMs);
    const shape = shapeFor(shapeText);
    const base = sides.base.judge(input, shape.base);
    checkFidelity(tally, sides, shape, input, base, weight);
    if (record.decision?.inline === true) {
      tally.counts.inline += weight;
      return;
    }
    shape.unknown ??= unknownFields(input, sides.base, sides.head);
    const head = sides.head.judge(input, shape.head);
    const unread = sides.changedBudgets.size === 0 ? NONE : unreadCounters(input, sides, base, head);
    if (shape.unknown.length > 0 || unread.length > 0) {
      tally.counts.indeterminate += weight;
      for (const field of [...shape.unknown, ...unread]) count(tally.missing, field, weight);
      return;
    }
    noteAssumptions(tally, record, base, head, weight);
    const baseOutcome = outcomeOf(record, base, stageOf(sides.base, names, nowMs));
    const headOutcome = outcomeOf(record, head, stageOf(sides.head, names, nowMs));
    tallyComparison(tally, record, baseOutcome, headOutcome, weight);
  }

  return { add, tally, quickLines: createQuickLines() };
}

const NONE: readonly string[] = Object.freeze([]);

/** Counts a record in; false for one of another environment. */
export function admitRecord(
  { counts, span }: Tally,
  record: TrafficRecord,
  atMs: number,
  environment: string,
): boolean {
  if (record.environment !== undefined && record.environment !== environment) {
    counts.otherEnvironment += 1;
    return false;
  }
  const weight = weightOf(record);
  counts.records += 1;
  counts.weight += weight;
  counts.fingerprint += fingerprintOf(record.id);
  // Cheaper than a remainder, for every record.
  if (counts.fingerprint >= FINGERPRINT_RANGE) counts.fingerprint -= FINGERPRINT_RANGE;
  if (span.fromMs === null || atMs < span.fromMs) span.fromMs = atMs;
  if (span.toMs === null || atMs > span.toMs) span.toMs = atMs;
  return true;
}

const FINGERPRINT_RANGE = 2 ** 48;

/** Thousandths of a request, at least one. */
export function weightOf({ sampleWeight }: TrafficRecord): number {
  return sampleWeight === undefined ? 1000 : Math.max(1, Math.round(sampleWeight * 1000));
}

/** FNV-1a of 32 bits over the id (http://www.isthe.com/chongo/tech/comp/fnv/): summed, it tells one set of records from another whatever their order. */
function fingerprintOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function checkFidelity(
  tally: Tally,
  sides: ReplaySides,
  shape: Shape,
  input: ReplayInput,
  base: Verdict,
  weight: number,
): void {
  if (!hasOwnDecision(input.record)) return;
  const side = recordedSide(tally, sides, input, weight);
  if (side === null) return;
  noteFidelity(tally, input, side === sides.base ? base : side.judge(input, recordedShape(shape, side)), weight);
}

/** Makes the recorded decision again under the revision that made it, and counts whether it is the same. For records that are replayed in another way. */
export function checkRecordedDecision(tally: Tally, sides: ReplaySides, input: ReplayInput, weight: number): void {
  if (!hasOwnDecision(input.record)) return;
  const side = recordedSide(tally, sides, input, weight);
  if (side !== null) noteFidelity(tally, input, side.judge(input, createSideShape()), weight);
}

/** A plan from a compatibility header is no policy's decision. */
function hasOwnDecision({ decision, request }: TrafficRecord): boolean {
  return decision !== undefined && decision.inline !== true && request.consumer !== undefined;
}

function recordedSide(
  tally: Tally,
  { recorded, base }: ReplaySides,
  { record }: ReplayInput,
  weight: number,
): Side | null {
  const { digest, catalogDigest } = record;
  const side = digest === undefined ? undefined : recorded.get(digest);
  if (side !== undefined) return side;
  const known = catalogDigest === base.snapshot.catalogDigest ? 'same' : 'other';
  const catalog = catalogDigest === undefined ? 'unknown' : known;
  count(tally.strangers, `${digest?.slice(0, 12) ?? 'not named'}|${catalog}`, weight);
  return null;
}

function noteFidelity(tally: Tally, { record }: ReplayInput, verdict: Verdict, weight: number): void {
  const mismatch = record.decision === undefined ? null : mismatchOf(record.decision, verdict);
  tally.counts.checked += weight;
  if (mismatch === null) tally.counts.reproduced += weight;
  else count(tally.mismatches, mismatch, weight);
}

function recordedShape({ recorded }: Shape, side: Side): SideShape {
  const known = recorded.get(side);
  if (known !== undefined) return known;
  const fresh = createSideShape();
  recorded.set(side, fresh);
  return fresh;
}

/** What is taken for granted because the recording does not tell. It is the same on both sides, so that no difference comes from it. */
function noteAssumptions(
  { assumptions }: Tally,
  { facts }: TrafficRecord,
  base: Verdict,
  head: Verdict,
  weight: number,
): void {
  if (
    facts?.counters !== undefined &&
    facts.secretsMissing !== undefined &&
    facts.breakers !== undefined &&
    facts.draw !== undefined
  )
    return;
  if (facts?.counters === undefined && (base.budgets.length > 0 || head.budgets.length > 0))
    count(assumptions, 'counters', weight);
  if (facts?.secretsMissing === undefined) count(assumptions, 'secretsMissing', weight);
  if (facts?.breakers === undefined) count(assumptions, 'breakers', weight);
}
