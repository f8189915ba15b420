import type { Guardrail } from '#snapshot';
import type {
  Action,
  Check,
  CheckOptions,
  CompiledCheck,
  RemoteCheck,
  RequestCheck,
  SpanCheck,
  Stage,
  ToolCallCheck,
  WholeCheck,
} from './check.ts';
import { CHECKS } from './registry.ts';

/** One check of a guardrail, made ready, with what follows from its findings. */
export interface GuardCheck<C = CompiledCheck> {
  readonly guardrail: string;
  /** `id` in the policy. */
  readonly id: string;
  readonly action: Action;
  readonly restore: boolean;
  /** What happens when no verdict comes. */
  readonly onError: 'block' | 'flag' | 'pass';
  readonly compiled: C;
}

/** Everything that looks at one stage of a route’s requests. */
export interface StageGuard {
  readonly stage: Stage;
  /** Who is to have a verdict, those that cannot be evaluated included. */
  readonly names: readonly { readonly guardrail: string; readonly id: string }[];
  readonly spans: readonly GuardCheck<SpanCheck>[];
  readonly wholes: readonly GuardCheck<WholeCheck>[];
  readonly toolCalls: readonly GuardCheck<ToolCallCheck>[];
  readonly requests: readonly GuardCheck<RequestCheck>[];
  readonly remotes: readonly GuardCheck<RemoteCheck>[];
  /** Whether a stream is held until the answer is whole, because the policy says so or a check needs it. */
  readonly isBuffered: boolean;
  /** The most UTF-16 units that a stream keeps back in window mode. */
  readonly reach: number;
}

/** What a route’s guardrails come to; null where a stage has none. */
export interface RouteGuard {
  readonly input: StageGuard | null;
  readonly output: StageGuard | null;
  /** Whether what was masked on the way in is put back into answers. */
  readonly restores: boolean;
}

/** Makes the guardrails of a route ready, in the order listed. Throws CheckOptionError for options that cannot be used. Pure. */
export function compileGuard(guardrails: readonly Guardrail[]): RouteGuard {
  const restores = guardrails.some(
    ({ stage, checks }) => stage.includes('input') && checks.some(({ restore }) => restore === true),
  );
  return { input: stageGuard('input', guardrails), output: stageGuard('output', guardrails), restores };
}

/** Compiles one check of a policy; null where no check has that name. Throws CheckOptionError. Pure. */
export function compileCheck(options: CheckOptions): readonly CompiledCheck[] | null {
  const check = CHECKS.get(options.check ?? '');
  if (check === undefined) return null;
  return [check.compile(options)].flat();
}

function stageGuard(stage: Stage, guardrails: readonly Guardrail[]): StageGuard | null {
  const concerned = guardrails.filter((guardrail) => guardrail.stage.includes(stage));
  const entries = concerned.flatMap(({ name, checks }) =>
    checks.map((options) => ({ guardrail: name, options: options as CheckOptions })),
  );
  const made = entries.flatMap(({ guardrail, options }) => readyChecks(stage, guardrail, options));
  if (entries.length === 0) return null;
  const spans = ofKind<SpanCheck>(made, 'spans');
  const wholes = ofKind<WholeCheck>(made, 'whole');
  const remotes = ofKind<RemoteCheck>(made, 'remote');
  const named = entries.filter(({ options }) => isForStage(CHECKS.get(options.check ?? ''), stage));
  return {
    stage,
    names: named.map(({ guardrail, options }) => ({ guardrail, id: options.id ?? '' })),
    spans,
    wholes,
    toolCalls: ofKind<ToolCallCheck>(made, 'tool-call'),
    requests: ofKind<RequestCheck>(made, 'request'),
    remotes,
    isBuffered: wholes.length > 0 || remotes.length > 0 || concerned.some(({ stream }) => stream === 'buffer'),
    reach: Math.max(0, ...spans.map(({ compiled }) => compiled.reach)),
  };
}

function readyChecks(stage: Stage, guardrail: string, options: CheckOptions): readonly GuardCheck[] {
  if (!isForStage(CHECKS.get(options.check ?? ''), stage)) return [];
  const { id = '', action = 'block', restore = false, onError = 'block' } = options;
  return (compileCheck(options) ?? [])
    .filter(({ kind }) => stage === 'input' || kind !== 'request')
    .map((compiled) => ({ guardrail, id, action, restore: restore && stage === 'input', onError, compiled }));
}

/** A check that does not exist is for every stage: it stands in the record as not evaluated. */
function isForStage(check: Check | undefined, stage: Stage): boolean {
  return check?.stages?.includes(stage) ?? true;
}

function ofKind<C extends CompiledCheck>(made: readonly GuardCheck[], kind: C['kind']): readonly GuardCheck<C>[] {
  return made.filter((check): check is GuardCheck<C> => check.compiled.kind === kind);
}
