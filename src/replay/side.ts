import type { Facts, RequestFacts } from '#decision';
import type { Chain, Snapshot } from '#snapshot';
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
 * Prepares a revision. A verdict is remembered by shape, span of time, weighted choice and range of input tokens. Ranges are exact: every gate and hold is
 * monotone or linear in the input tokens, so two requests of one shape with the same verdict share it with all between them. Counters are compared with the
 * largest hold of the range; where one has no room, where a size limit is passed, or where measurements choose the target, the request is decided for itself.
 */
export function createSide(snapshot: Snapshot): Side {
  const parts = movingPartsOf(snapshot);
  const periods = createPeriods(parts.windows, parts.priceChanges);

  function judge(input: ReplayInput, shape: SideShape): Verdict {
    const { record } = input;
    if (parts.readsSizes) return judgeAlone(snapshot, input);
    const period = periods.numberOf(input.nowMs);
    let known = shape.byPeriod.get(period);
    if (known === undefined) {
      known = remember(snapshot, parts, input);
      shape.byPeriod.set(period, known);
    }
    const segments = known.byChoice === null ? known.segments : segmentsOfChoice(known, input);
    const tooLarge = known.bodyLimit !== null && (record.request.bodyBytes ?? 0) > known.bodyLimit;
    if (segments === null || tooLarge || record.facts?.countersUnread === true) return judgeAlone(snapshot, input);
    const verdict = verdictIn(segments, snapshot, input);
    return verdict === null || isShort(verdict, record.facts?.counters) ? judgeAlone(snapshot, input) : verdict;
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
  if (isOwn(verdict)) return null;
  const same = segments.find((segment) => segment.verdict.signature === verdict.signature);
  if (same === undefined) segments.push({ low: tokens, high: tokens, verdict });
  else {
    same.low = Math.min(same.low, tokens);
    same.high = Math.max(same.high, tokens);
    same.verdict = widen(same.verdict, verdict);
  }
  return verdict;
}

/** A verdict about money or budgets with nothing spent yet: costs need not rise with the input (a smaller rest of the context window bounds the output). */
function isOwn({ code, signature }: Verdict): boolean {
  if (code === 'limit_exceeded' || code === 'budget_exceeded' || code === 'rate_limited') return true;
  return signature.includes('budget-');
}

function isShort({ budgets }: Verdict, counters: Facts['counters'] | undefined): boolean {
  if (counters === undefined) return false;
  for (const { key, hold, limit } of budgets) {
    const state = counters[key];
    if (state !== undefined && state.spent + state.held + hold > limit) return true;
  }
  return false;
}

function withoutCounters(facts: Facts): Facts {
  return { ...facts, counters: NO_COUNTERS };
}

/** The request of a record as it would be with other fields. */
export function withFields(request: RequestFacts, fields: Partial<RequestFacts>): RequestFacts {
  return { ...request, ...fields };
}
