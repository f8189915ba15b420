import type { Facts } from '#decision';
import type { Chain, Snapshot } from '#snapshot';
import { createBudgetVerdicts, withoutLimits } from './budget-verdicts.ts';
import { judgeRequest } from './decide-record.ts';
import { type MovingParts, movingPartsOf } from './moving-parts.ts';
import { createPeriods } from './periods.ts';
import type { ReplayInput } from './recorded-input.ts';
import { type Verdict, widen } from './verdict.ts';
import { weightedIndex } from './weighted-index.ts';

/** One revision of the policies, ready to judge any number of records. */
export interface Side {
  readonly snapshot: Snapshot;
  /** The verdict on a record under its recorded facts. `shape` is what this side remembers of the record's shape. */
  readonly judge: (input: ReplayInput, shape: SideShape) => Verdict;
}

/** What a side remembers of one shape of record. */
export interface SideShape {
  readonly byPeriod: Map<number, Remembered>;
}

/** Null in `segments`: requests of this shape are decided one by one. */
interface Remembered {
  readonly segments: Segment[] | null;
  readonly weighted: readonly Chain[];
  readonly bodyLimit: number | null;
  readonly byChoice: Map<string, Segment[]> | null;
}

/** All requests whose input tokens lie in [low, high] and whose bound in [leastBound, mostBound] have this verdict. */
interface Segment {
  low: number;
  high: number;
  leastBound: number;
  mostBound: number;
  verdict: Verdict;
}

const NO_COUNTERS: Facts['counters'] = Object.freeze({});

/** Creates an empty memory of one shape. */
export function createSideShape(): SideShape {
  return { byPeriod: new Map() };
}

/**
 * Prepares a revision. What is remembered of a shape, a span of time, a weighted choice and a range of input tokens is the verdict that no budget stands in the way of. Ranges are exact:
 * every gate and hold is monotone or linear in the input tokens or in their bound, so two requests of one shape with the same verdict share it with all between them. Then each record's
 * counters are compared with the holds of its range. A request is decided for itself where that is not certain: a counter between the smallest and the
 * largest hold, a budget that hands over, a size limit passed, targets chosen by measurements.
 */
export function createSide(snapshot: Snapshot): Side {
  const parts = movingPartsOf(snapshot);
  const periods = createPeriods(parts.windows, parts.priceChanges);
  const unlimited = withoutLimits(snapshot);
  const exhausted = createBudgetVerdicts(snapshot);

  function judge(input: ReplayInput, shape: SideShape): Verdict {
    const { record } = input;
    if (parts.readsSizes) return judgeAlone(snapshot, input);
    const period = periods.numberOf(input.nowMs);
    let known = shape.byPeriod.get(period);
    if (known === undefined) {
      known = remember(unlimited, parts, input);
      shape.byPeriod.set(period, known);
    }
    const segments = known.byChoice === null ? known.segments : segmentsOfChoice(known, input);
    const tooLarge = known.bodyLimit !== null && (record.request.bodyBytes ?? 0) > known.bodyLimit;
    if (segments === null || tooLarge || record.facts?.countersUnread === true) return judgeAlone(snapshot, input);
    const verdict = verdictIn(segments, unlimited, input);
    const settled =
      verdict === null ? null : exhausted.settle(verdict, record.facts?.counters, record.request.inputTokens ?? 0);
    return settled ?? judgeAlone(snapshot, input);
  }

  return { snapshot, judge };
}

function judgeAlone(snapshot: Snapshot, input: ReplayInput): Verdict {
  return judgeRequest(snapshot, input.request(), input.facts());
}

function remember(snapshot: Snapshot, parts: MovingParts, input: ReplayInput): Remembered {
  const { route } = judgeRequest(snapshot, input.request(), withoutCounters(input.facts()));
  const found = route === null ? undefined : snapshot.routes.get(route);
  const chains = [...(found?.chain == null ? [] : [found.chain]), ...parts.handovers];
  const isMeasured = chains.some((chain) => parts.measuredBelow.has(chain));
  // A limit on cost follows the bound, every gate the estimate: of two requests each may have more of one.
  const isPriced = found?.limits.maxRequestCostMicroUsd != null && input.record.request.inputTokensAtMost !== undefined;
  const isAlone = isMeasured || isPriced;
  const weighted = chains.flatMap((chain) => parts.weightedBelow.get(chain) ?? []);
  return {
    segments: isAlone ? null : [],
    weighted,
    bodyLimit: found?.limits.bodyBytes ?? null,
    byChoice: isAlone || weighted.length === 0 ? null : new Map(),
  };
}

function segmentsOfChoice({ byChoice, weighted }: Remembered, input: ReplayInput): Segment[] {
  const choice = weighted.map((chain) => weightedIndex(chain, input.request(), input.facts())).join();
  const known = byChoice?.get(choice);
  if (known !== undefined) return known;
  const fresh: Segment[] = [];
  byChoice?.set(choice, fresh);
  return fresh;
}

/** Null for a verdict that holds for this request only. */
function verdictIn(segments: Segment[], snapshot: Snapshot, input: ReplayInput): Verdict | null {
  const { inputTokens: tokens = 0, inputTokensAtMost } = input.record.request;
  const bound = inputTokensAtMost ?? tokens;
  for (const segment of segments) if (isWithin(segment, tokens, bound)) return segment.verdict;
  const verdict = judgeRequest(snapshot, input.request(), withoutCounters(input.facts()));
  if (isAboutCost(verdict, snapshot, tokens)) return null;
  const same = segments.find((segment) => segment.verdict.signature === verdict.signature);
  if (same === undefined) segments.push({ low: tokens, high: tokens, leastBound: bound, mostBound: bound, verdict });
  else grow(same, segments, snapshot, input, verdict);
  return verdict;
}

/**
 * Takes a request into a segment. Of two requests each may have more of one size, so that neither is an end: the ends are then judged for themselves, and a
 * segment that would not be all of one kind stays as it is.
 */
function grow(segment: Segment, segments: Segment[], snapshot: Snapshot, input: ReplayInput, verdict: Verdict): void {
  const { inputTokens: tokens = 0, inputTokensAtMost: bound } = input.record.request;
  const low = Math.min(segment.low, tokens);
  const high = Math.max(segment.high, tokens);
  if (typeof bound !== 'number') {
    Object.assign(segment, { low, high, leastBound: low, mostBound: high, verdict: widen(segment.verdict, verdict) });
    return;
  }
  const leastBound = Math.min(segment.leastBound, bound);
  const mostBound = Math.max(segment.mostBound, bound);
  const facts = withoutCounters(input.facts());
  const judgeAt = (inputTokens: number, inputTokensAtMost: number) =>
    judgeRequest(snapshot, { ...input.request(), inputTokens, inputTokensAtMost }, facts);
  const ends = [judgeAt(low, leastBound), judgeAt(high, mostBound)];
  if (ends.some(({ signature }) => signature !== verdict.signature)) {
    segments.push({ low: tokens, high: tokens, leastBound: bound, mostBound: bound, verdict });
    return;
  }
  Object.assign(segment, { low, high, leastBound, mostBound, verdict: ends.reduce(widen, segment.verdict) });
}

function isWithin({ low, high, leastBound, mostBound }: Segment, tokens: number, bound: number): boolean {
  return low <= tokens && tokens <= high && leastBound <= bound && bound <= mostBound;
}

/** A refusal over the route's `maxRequestCost` where only the rest of a context window bounds the output: then costs need not rise with the input. */
function isAboutCost({ code, route }: Verdict, snapshot: Snapshot, tokens: number): boolean {
  if (code !== 'limit_exceeded') return false;
  const { maxInputTokens = null, maxOutputTokens = null } = snapshot.routes.get(route ?? '')?.limits ?? {};
  return maxOutputTokens === null && (maxInputTokens === null || tokens <= maxInputTokens);
}

function withoutCounters(facts: Facts): Facts {
  return { ...facts, counters: NO_COUNTERS };
}
