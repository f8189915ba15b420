import { type Decision, skipText } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { outcomeOf, type SideOutcome, stageOf } from './compare-record.ts';
import { decideRequest, judgeRequest } from './decide-record.ts';
import type { ExplainedExample, ExplainedSide } from './explained-example.ts';
import type { PolicyChange } from './policy-changes.ts';
import { createModelNames } from './recorded-calls.ts';
import { inputOf } from './recorded-input.ts';
import type { Side } from './side.ts';
import type { Tally } from './tally.ts';

/** Explains the example of every transition in place, before the policies are let go of. */
export function explainExamples(tally: Tally, base: Side, head: Side, changes: readonly PolicyChange[]): void {
  for (const transition of Object.values(tally.transitions)) {
    const { example } = transition;
    if (example.record !== null && example.explained === null) {
      example.explained = explainExample(example.record, base, head, changes);
    }
  }
}

/** Explains one record under both revisions, with the state that was recorded. Pure. */
export function explainExample(
  record: TrafficRecord,
  base: Side,
  head: Side,
  changes: readonly PolicyChange[],
): ExplainedExample {
  return explainOutcomes(record, decideAgain(record, base, base), decideAgain(record, head, base), changes);
}

/** Explains what two sides made of a record, each with its decision. Pure. */
export function explainOutcomes(
  record: TrafficRecord,
  base: DecidedOutcome,
  head: DecidedOutcome,
  changes: readonly PolicyChange[],
): ExplainedExample {
  const { consumer, model, endpoint, inputTokens } = record.request;
  const before = explainSide(record, base);
  const after = explainSide(record, head);
  return {
    consumer: consumer ?? null,
    model: model ?? null,
    endpoint,
    inputTokens: inputTokens ?? null,
    at: record.at,
    base: before.side,
    head: after.side,
    because: blame(changes, [...after.documents, ...before.documents]) ?? after.at,
  };
}

/** An outcome with the decision it came of. */
export type DecidedOutcome = SideOutcome & { readonly decision: Decision };

function decideAgain(record: TrafficRecord, side: Side, base: Side): DecidedOutcome {
  const nowMs = record.facts?.nowMs ?? Date.parse(record.at);
  const input = inputOf(record, nowMs);
  const decision = decideRequest(side.snapshot, input.request(), input.facts());
  const verdict = judgeRequest(side.snapshot, input.request(), input.facts());
  return { ...outcomeOf(record, verdict, stageOf(side, createModelNames(base.snapshot), nowMs)), decision };
}

interface Told {
  readonly side: ExplainedSide;
  readonly at: ExplainedExample['because'];
  /** Documents that had a say, nearest first. */
  readonly documents: readonly string[];
}

function explainSide(record: TrafficRecord, { decision, verdict, played }: DecidedOutcome): Told {
  const { target, model, status, code, costMicroUsd, label } = played;
  const planned = verdict.plan?.targets[played.position];
  const at = decision.kind === 'deny' ? decision.at : (planned?.at ?? null);
  const chain = target?.slice(0, Math.max(0, target.lastIndexOf('/'))) ?? '';
  const documents = [
    ...budgetsIn(decision),
    ...(verdict.cache === null ? [] : [`Cache/${verdict.cache}`]),
    `Route/${verdict.route ?? ''}`,
    `Chain/${chain}`,
    `Chain/${verdict.plan?.chain ?? ''}`,
    `Model/${model ?? ''}`,
    `Provider/${planned?.provider.name ?? ''}`,
    `Consumer/${record.request.consumer ?? ''}`,
  ];
  return {
    side: {
      route: verdict.route,
      target,
      model,
      status,
      code,
      costMicroUsd,
      label,
      trace: traceOf(decision, verdict.route, played.calls),
    },
    at: at === null ? null : { ...at, document: null },
    documents,
  };
}

function traceOf(decision: Decision, route: string | null, calls: number): readonly string[] {
  const lines = [route === null ? 'no route fits' : `route ${route}`];
  const skipped = decision.kind === 'deny' ? decision.skipped : decision.plan.skipped;
  lines.push(...skipped.map(skipText));
  if (decision.kind === 'deny') return [...lines, `${decision.status} ${decision.code}: ${decision.message}`];
  lines.push(...decision.notes.map(({ text }) => text));
  if (calls > 1) lines.push(`${calls} calls`);
  return lines;
}

function budgetsIn(decision: Decision): readonly string[] {
  const places = decision.kind === 'deny' ? decision.message : decision.notes.map(({ text }) => text).join(' ');
  const found = places.matchAll(/budget ([^\s(]+)/g);
  return [...found].map(([, name]) => `Budget/${name}`);
}

function blame(changes: readonly PolicyChange[], documents: readonly string[]): ExplainedExample['because'] {
  for (const document of documents) {
    const change = changes.find((each) => each.document === document);
    if (change !== undefined) return { ...change.at, document };
  }
  return null;
}
