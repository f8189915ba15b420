import { blockedBy } from './blocked.ts';
import type { CheckContext, Span, SpanCheck } from './check.ts';
import type { GuardCheck, StageGuard } from './compile-guard.ts';
import { type Stretches, stretchesFor, surveyText } from './survey-text.ts';
import type { Tally } from './tally.ts';
import type { Vault } from './vault.ts';

/** What checking one request goes by. */
export interface GuardRun {
  readonly guard: StageGuard;
  readonly context: CheckContext;
  readonly vault: Vault;
  readonly tally: Tally;
}

/** A finding with the check that made it. */
export interface FoundSpan extends Span {
  readonly by: GuardCheck<SpanCheck>;
}

/** Everything that the checks find in a text, in the order of the policy. Pure. */
export function findSpans(checks: StageGuard['spans'], text: string, context: CheckContext): readonly FoundSpan[] {
  if (text === '') return [];
  const survey = surveyText(text);
  const found: FoundSpan[] = [];
  for (const by of checks) {
    const { needs = 0 } = by.compiled;
    if ((survey.classes & needs) !== needs) continue;
    for (const span of findWithin(by.compiled, text, context, stretchesFor(survey, needs))) found.push({ ...span, by });
  }
  return found;
}

/** A check of numbers looks only where numbers are. */
function findWithin(
  { find }: SpanCheck,
  text: string,
  context: CheckContext,
  stretches: Stretches | null,
): readonly Span[] {
  if (stretches === null || stretches.length === 0) return find(text, context);
  return stretches.flatMap(([start, end]) =>
    find(text.slice(start, end), context).map((span) => ({
      ...span,
      start: span.start + start,
      end: span.end + start,
    })),
  );
}

/** Notes findings, and throws 400 `guardrail_blocked` when one of them blocks. Checks without one have passed this text. */
export function noteSpans({ guard, tally }: GuardRun, checks: StageGuard['spans'], found: readonly FoundSpan[]): void {
  const counts = new Map<GuardCheck, number>();
  for (const { by } of found) counts.set(by, (counts.get(by) ?? 0) + 1);
  for (const check of checks) {
    const count = counts.get(check) ?? 0;
    tally.note(guard.stage, check, count === 0 ? 'pass' : check.action, count);
  }
  const blocking = found.find(({ by }) => by.action === 'block');
  if (blocking !== undefined) throw blockedBy(guard.stage, blocking.by);
}

/** The text with findings of masking checks replaced; overlapping ones become one, under the label of the check listed first. */
export function maskSpans({ vault }: GuardRun, text: string, found: readonly FoundSpan[]): string {
  const masks = found.filter(({ by }) => by.action === 'mask');
  if (masks.length === 0) return text;
  let masked = '';
  let from = 0;
  for (const { start, end, label, isRestored } of joinSpans(masks)) {
    masked += text.slice(from, start) + vault.mask(label, text.slice(start, end), isRestored);
    from = end;
  }
  return masked + text.slice(from);
}

/** Checks one whole text; throws when it is blocked, returns it with its masks. */
export function checkText(run: GuardRun, text: string): string {
  const { spans } = run.guard;
  if (spans.length === 0) return text;
  const found = findSpans(spans, text, run.context);
  noteSpans(run, spans, found);
  return maskSpans(run, text, found);
}

interface JoinedSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly isRestored: boolean;
}

function joinSpans(masks: readonly FoundSpan[]): readonly JoinedSpan[] {
  const rank = new Map(masks.map((span, index) => [span, index]));
  const sorted = [...masks].sort((a, b) => a.start - b.start || (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  const joined: (JoinedSpan & { readonly rank: number })[] = [];
  for (const span of sorted) {
    const own = { label: span.label ?? span.by.compiled.label, rank: rank.get(span) ?? 0 };
    const last = joined.at(-1);
    if (last === undefined || span.start >= last.end) {
      joined.push({ start: span.start, end: span.end, isRestored: span.by.restore, ...own });
      continue;
    }
    joined[joined.length - 1] = {
      start: last.start,
      end: Math.max(last.end, span.end),
      isRestored: last.isRestored && span.by.restore,
      ...(own.rank < last.rank ? own : { label: last.label, rank: last.rank }),
    };
  }
  return joined;
}
