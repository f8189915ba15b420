import { GatewayError, maskSecrets, once, type SkipReason } from '#core';
import { type Attempt, advance, failureOf, type Next, type Plan, type PlanTarget, type SkippedTarget } from '#decision';
import { answerStream } from './answer-stream.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt-result.ts';
import type { CloudCredentials } from './auth/cloud.ts';
import type { KeyPool } from './auth/key-pool.ts';
import type { ExecuteCall, Executed, Served } from './call.ts';
import type { Failure } from './failure.ts';
import type { Prepare, PrepareContext, Prepared } from './prepare.ts';
import { callSize } from './stream-account.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { Send } from './transport.ts';

export interface ExecuteOptions {
  readonly send: Send;
  readonly prepare: Prepare;
  readonly keys: KeyPool;
  readonly cloud: CloudCredentials;
  readonly wheel: TimerWheel;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** In [0, 1), for the jitter of waits. */
  readonly draw: () => number;
  readonly maxBodyBytes: number;
  /** How long a call goes on after its caller has gone, where the provider's policy is to drain. */
  readonly maxDrainMs: number;
}

/** Dialects in which usage is asked for on the caller's behalf. */
const STRIPPED: ReadonlySet<string> = new Set(['openai-chat', 'openai-completions']);

type Step = Extract<Next, { kind: 'attempt' }>;
type Ready = Extract<Prepared, { kind: 'ready' }>;

/** A key that was refused rests longer than one that is only used up for now. */
const REST_MS: Readonly<Partial<Record<Failure['reason'], number>>> = { auth: 300_000, 'rate-limit': 10_000 };

/** Walks a plan until a target answers, nothing is left, or the caller is gone. Never rejects but for bugs. */
export function createExecute(options: ExecuteOptions): (call: ExecuteCall) => Promise<Executed> {
  return (call) => executePlan(options, call);
}

async function executePlan(options: ExecuteOptions, call: ExecuteCall): Promise<Executed> {
  const { nowMs, draw, prepare } = options;
  const readNeutral = once(() => call.inbound.dialect.readRequest(call.inbound.body, call.inbound.context));
  const elapsedMs = () => nowMs() - call.startedMs;
  const attempts: Attempt[] = [];
  const skipped: (SkippedTarget & { readonly unsupported: readonly string[] })[] = [];
  // Targets that would be called but for their breaker. Where there is one, what the others cannot express is no fault of the request.
  const down = call.plan.skipped.filter(({ reason }) => reason === 'breaker-open');
  let plan = call.plan;
  let last: Extract<AttemptResult, { kind: 'failed' }> | null = null;

  for (;;) {
    if (call.cancellation.isCancelled()) return { kind: 'cancelled', attempts, skipped };
    const step = advance(plan, attempts, { elapsedMs: elapsedMs(), draw: draw() });
    if (step.kind === 'give-up') return giveUp(step, attempts, skipped, down, last);
    const { target } = step;
    const asked = options.cloud.ready(target.provider);
    if (asked !== null) await asked;
    const prepared = prepareOrRefuse(prepare, {
      call,
      target,
      readNeutral,
      nowMs: nowMs() + step.waitMs,
      attempts: attempts.length,
      attemptsAtTarget: attempts.filter((attempt) => attempt.target === target.id).length,
    });
    if (prepared instanceof GatewayError) return { kind: 'failed', error: prepared, attempts, skipped, headers: {} };
    if (prepared.kind === 'skip') {
      plan = without(plan, target, attempts);
      skipped.push({
        id: target.id,
        reason: prepared.reason,
        detail: prepared.detail,
        at: target.at,
        unsupported: prepared.unsupported,
      });
      const isFault = prepared.unsupported.length > 0 && attempts.length === 0 && down.length === 0;
      if (isFault && call.route.unsupportedParams === 'reject') {
        return { kind: 'failed', error: unsupported(skipped), attempts, skipped, headers: {} };
      }
      continue;
    }
    const refusal = attempts.some(({ usage }) => usage !== null) ? await call.beforeFurtherAttempt?.(attempts) : null;
    if (refusal != null) return { kind: 'failed', error: refusal, attempts, skipped, headers: last?.headers ?? {} };
    if (step.waitMs > 0) await wait(options.wheel, step.waitMs, call);
    if (call.cancellation.isCancelled()) return { kind: 'cancelled', attempts, skipped };

    const served = { ...servedBy(step, skipped), attempts, skipped, dropped: prepared.lost, hints: prepared.hints };
    const request = prepared.sign === null ? prepared.request : await prepared.sign(prepared.request);
    const outcome = await tryTarget(options, call, { ...prepared, request }, served, elapsedMs);
    if (outcome.kind === 'executed') return outcome.executed;
    attempts.push(outcome.attempt);
    last = outcome.result;
    if (prepared.key !== null) rest(options.keys, prepared.key, last.failure);
    if (last.failure.reason === 'auth') options.cloud.refused(target.provider);
  }
}

/** A translation reads the whole request, and may find what a pass-through never looked at. */
function prepareOrRefuse(prepare: Prepare, context: PrepareContext): Prepared | GatewayError {
  try {
    return prepare(context);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

type Tried =
  | { readonly kind: 'executed'; readonly executed: Executed }
  | { readonly kind: 'failed'; readonly attempt: Attempt; readonly result: Extract<AttemptResult, { kind: 'failed' }> };

/** One attempt with its reports. Whatever happens, `onAttemptEnded` follows `onAttemptStarted` exactly once. */
async function tryTarget(
  options: ExecuteOptions,
  call: ExecuteCall,
  prepared: Ready,
  served: Omit<Served, 'headers'>,
  elapsedMs: () => number,
): Promise<Tried> {
  const { target } = served;
  const { cancellation, inbound } = call;
  const startedMs = elapsedMs();
  let firstTokenMs: number | null = null;
  call.onAttemptStarted?.(target);
  const run = runAttempt({
    send: options.send,
    wheel: options.wheel,
    request: prepared.request,
    dialect: prepared.dialect,
    wantsStream: inbound.stream,
    form: prepared.isSameDialect ? call.form : 'events',
    stripUsage: prepared.isSameDialect && STRIPPED.has(prepared.dialect.name) && !inbound.streamUsage,
    service: prepared.service,
    size: callSize(inbound.inputTokens, target),
    maxBodyBytes: options.maxBodyBytes,
    onFirstToken: () => {
      firstTokenMs = elapsedMs();
    },
  });
  const hangUp = onHangUp(options, call, target, run.cancel);
  const result = await run.result;

  function end(fields: Pick<Attempt, 'outcome' | 'status'> & Partial<Attempt>): Attempt {
    hangUp.forget();
    const attempt: Attempt = {
      target: target.id,
      startedMs,
      firstTokenMs,
      endedMs: elapsedMs(),
      retryAfterMs: null,
      usage: null,
      estimated: false,
      noRetry: false,
      ...fields,
    };
    call.onAttemptEnded?.(target, attempt);
    return attempt;
  }

  if (result.kind === 'failed') {
    const { reason, status, retryAfterMs, noRetry, problem } = result.failure;
    const attempt = end({
      outcome: reason,
      status,
      retryAfterMs,
      noRetry,
      ...result.counted,
      ...(problem === undefined ? {} : { problem }),
    });
    if (reason !== 'cancelled') return { kind: 'failed', attempt, result };
    const attempts = [...served.attempts, attempt];
    return { kind: 'executed', executed: { kind: 'cancelled', attempts, skipped: served.skipped } };
  }
  if (result.kind === 'json') {
    const { usage, estimated } = result.counted;
    const attempts = [
      ...served.attempts,
      end({ outcome: 'ok', status: result.status, usage, estimated, ...result.pieces }),
    ];
    if (cancellation.isCancelled())
      return { kind: 'executed', executed: { kind: 'cancelled', attempts, skipped: served.skipped } };
    const { bytes, response, serviceResponse, headers } = result;
    return {
      kind: 'executed',
      executed: { ...served, kind: 'json', attempts, headers, bytes, response, serviceResponse, usage, estimated },
    };
  }
  const stream = answerStream(result, target.id, cancellation, end);
  if (!cancellation.isCancelled())
    return {
      kind: 'executed',
      executed: { ...served, kind: 'stream', headers: result.headers, stream, contentType: result.contentType },
    };
  const drained = await stream.drain();
  const attempts = [...served.attempts, drained.attempt];
  return { kind: 'executed', executed: { kind: 'cancelled', attempts, skipped: served.skipped } };
}

/** When the client hangs up: `abort` ends the call, `drain` lets it go on for a while, since it is billed anyway. */
function onHangUp(options: ExecuteOptions, call: ExecuteCall, target: PlanTarget, cancel: () => void) {
  let draining: { readonly cancel: () => void } | null = null;
  const remove = call.cancellation.onCancel(() => {
    if (target.provider.onDisconnect === 'abort') cancel();
    else draining = options.wheel.schedule(options.maxDrainMs, cancel);
  });
  return {
    forget() {
      remove();
      draining?.cancel();
    },
  };
}

function servedBy(step: Step, skipped: readonly SkippedTarget[]): Pick<Served, 'target' | 'via' | 'fallback'> {
  const { target, via } = step;
  const here: SkipReason | null = skipped.at(0)?.reason ?? null;
  return { target, via, fallback: step.fallback ?? here };
}

/** The plan without a target that cannot take the request. One that has been called already stays known to the trail, but ends it there. */
function without(plan: Plan, target: PlanTarget, attempts: readonly Attempt[]): Plan {
  const isTried = attempts.some((attempt) => attempt.target === target.id);
  const targets = isTried
    ? plan.targets.map((each) => (each.id === target.id ? { ...each, retry: { ...each.retry, max: 0 } } : each))
    : plan.targets.filter((each) => each.id !== target.id);
  return { ...plan, targets };
}

function giveUp(
  step: Extract<Next, { kind: 'give-up' }>,
  attempts: readonly Attempt[],
  skipped: readonly (SkippedTarget & { readonly unsupported: readonly string[] })[],
  down: readonly SkippedTarget[],
  last: Extract<AttemptResult, { kind: 'failed' }> | null,
): Executed {
  const headers = last?.headers ?? {};
  const unfit = skipped.filter((each) => each.unsupported.length > 0);
  if (attempts.length === 0 && unfit.length > 0 && down.length === 0)
    return { kind: 'failed', error: unsupported(unfit), attempts, skipped, headers };
  const { code, status, message, retryAfterMs } = failureOf(step, attempts);
  const isRefusal = step.because === 'request-refused' && last !== null;
  const left = [...down, ...skipped].map(
    ({ id, reason, detail }) => `${id} ${reason}${detail === null ? '' : ` (${detail})`}`,
  );
  const text = left.length === 0 ? message : `${message}; skipped: ${left.join(', ')}`;
  const error = new GatewayError(code, isRefusal ? maskSecrets(last.failure.message) || message : text, {
    status,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    attempts: attempts.map(({ target, outcome, status: got }) => ({
      target,
      outcome,
      ...(got === null ? {} : { status: got }),
    })),
  });
  return { kind: 'failed', error, attempts, skipped, headers };
}

const KEPT_BY_PROVIDERS: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'prompt']);

function unsupported(
  skipped: readonly { readonly id: string; readonly unsupported: readonly string[] }[],
): GatewayError {
  const [first] = skipped;
  const fields = first?.unsupported ?? [];
  const message = `${fields.join(', ')}: ${first?.id} cannot express ${fields.length === 1 ? 'this parameter' : 'these parameters'}.`;
  const field = fields[0] === undefined ? {} : { field: fields[0] };
  // What a provider keeps is never dropped, whatever the route lets go.
  const hint = fields.some((name) => KEPT_BY_PROVIDERS.has(name))
    ? { hint: 'Send the history in `input`, or ask a model whose provider keeps it.' }
    : {};
  return new GatewayError('unsupported_parameter', message, { ...field, ...hint });
}

function rest(keys: KeyPool, key: NonNullable<Ready['key']>, { reason, retryAfterMs }: Failure): void {
  const restMs = REST_MS[reason];
  if (restMs !== undefined) keys.rest(key, retryAfterMs ?? restMs);
  if (reason === 'auth') keys.refused(key);
}

function wait(wheel: TimerWheel, delayMs: number, { cancellation }: ExecuteCall): Promise<void> {
  return new Promise((resolve) => {
    const timer = wheel.schedule(delayMs, done);
    const remove = cancellation.onCancel(done);
    function done(): void {
      timer.cancel();
      remove();
      resolve();
    }
  });
}
