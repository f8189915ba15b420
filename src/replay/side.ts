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

/** All requests whose input tokens lie in [low, high] have this verdict. */
interface Segment {
  low: number;
  high: number;
  verdict: Verdict;
}

const NO_COUNTERS: Facts['counters'] = Object.freeze({});

/** Creates an empty memory of one shape. */
export function createSideShape(): SideShape {
  return { byPeriod: new Map() };
}

/**
 * Prepares a revision. What is remembered of a shape, a span of time, a weighted choice and a range of input tokens is the verdict that no budget stands in the way of. Ranges are exact:
 * every gate and hold is monotone or linear in the input tokens, so two requests of one shape with the same verdict share it with all between them. Then each record's
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
  const weighted = chains.flatMap((chain) => parts.weightedBelow.get(chain) ?? []);
  return {
    segments: isMeasured ? null : [],
    weighted,
    bodyLimit: found?.limits.bodyBytes ?? null,
    byChoice: isMeasured || weighted.length === 0 ? null : new Map(),
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
  const tokens = input.record.request.inputTokens ?? 0;
  for (const segment of segments) if (segment.low <= tokens && tokens <= segment.high) return segment.verdict;
  const verdict = judgeRequest(snapshot, input.request(), withoutCounters(input.facts()));
  if (isAboutCost(verdict, snapshot, tokens)) return null;
  const same = segments.find((segment) => segment.verdict.signature === verdict.signature);
  if (same === undefined) segments.push({ low: tokens, high: tokens, verdict });
  else {
    same.low = Math.min(same.low, tokens);
    same.high = Math.max(same.high, tokens);
    same.verdict = widen(same.verdict, verdict);
  }
  return verdict;
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
