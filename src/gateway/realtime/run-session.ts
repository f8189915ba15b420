import { GatewayError, isObject, NO_USAGE, type Usage } from '#core';
import { type Attempt, healthOf } from '#decision';
import { addUsage, readRealtimeUsage } from '#dialects';
import type { RealtimeSocket } from '#upstream';
import { raiseForAttempt } from '../admit-request.ts';
import { capturesContent } from '../captures-content.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import type { Session } from './admit-session.ts';
import { createSessionCapture } from './capture-session.ts';

// A side that lags so far behind is read no faster than it takes.
const HIGH_WATER_BYTES = 1024 * 1024;
/** The close code for a side that policy ends (RFC 6455, 7.4.1). */
const POLICY = 1008;

/**
 * Hands messages on in both directions, untouched, until a side closes; the other is closed with the same code. What each response was billed is
 * added up, and before the next one its worst case is held again: a budget without room for it ends the session. Resolves when the session is over; never rejects.
 */
export function runSession(
  parts: GatewayParts,
  progress: Progress,
  { decision, opened }: Session,
  caller: RealtimeSocket,
): Promise<void> {
  const { socket: provider, served, startedMs } = opened;
  const elapsedMs = () => parts.nowMs() - progress.call.startedMs;
  let usage: Usage = NO_USAGE;
  let isAnswering = false;
  let firstTokenMs: number | null = null;
  let raising: Promise<unknown> = Promise.resolve();
  const over = Promise.withResolvers<void>();
  const capture = capturesContent(progress) ? createSessionCapture() : null;

  function attempt(outcome: Attempt['outcome']): Attempt {
    return {
      ...{ target: served.target.id, outcome, status: 101, startedMs, firstTokenMs, endedMs: elapsedMs() },
      // A response that was cut off is billed too, and nobody told how much.
      ...{ retryAfterMs: null, usage, estimated: isAnswering, noRetry: false },
    };
  }

  function look(data: Buffer): void {
    if (capture === null && !data.includes('"response.')) return;
    const event = parse(data);
    capture?.fromProvider(event);
    if (!isObject(event)) return;
    if (event.type === 'response.created') {
      isAnswering = true;
      firstTokenMs ??= elapsedMs();
    }
    if (event.type !== 'response.done') return;
    isAnswering = false;
    usage = addUsage(usage, readRealtimeUsage(event) ?? NO_USAGE);
    raising = raising
      .then(() => raiseForAttempt(parts, progress, decision, [attempt('ok')]))
      .then(endIfRefused, endByBug);
  }

  function endIfRefused(refusal: GatewayError | null): void {
    if (refusal === null) return;
    progress.errorCode = refusal.code;
    const { code, message } = refusal;
    const event = { type: 'error', error: { type: 'invalid_request_error', code, message } };
    caller.send(Buffer.from(JSON.stringify(event)), false, () => undefined);
    caller.close(POLICY, code);
    provider.close(1000, '');
  }

  function endByBug(error: unknown): void {
    parts.log.error({ err: error, requestId: progress.call.id }, 'a session could not be held for by a bug');
    endIfRefused(new GatewayError('internal_error', 'the gateway met an error of its own'));
  }

  let isOver = false;
  function finish(outcome: Attempt['outcome'], code: number, reason: string, other: RealtimeSocket): void {
    if (isOver) return;
    isOver = true;
    other.close(code, reason);
    progress.said = capture?.said() ?? null;
    const ended = attempt(outcome);
    progress.attempts = [...progress.attempts, ended];
    progress.isCut = outcome !== 'ok';
    parts.store.attemptEnded({
      target: served.target.id,
      health: healthOf(outcome),
      latencyMs: firstTokenMs === null ? null : firstTokenMs - startedMs,
      breaker: served.target.breaker,
    });
    void raising.finally(over.resolve);
  }

  caller.onClose((code, reason) => finish('ok', code, reason, provider));
  provider.onClose((code, reason) => finish(code === 1006 || code === 1011 ? 'network' : 'ok', code, reason, caller));
  join(caller, provider, capture === null ? null : (data) => capture.fromCaller(parse(data)));
  join(provider, caller, look);
  provider.resume();
  return over.promise;
}

function join(from: RealtimeSocket, to: RealtimeSocket, look: ((data: Buffer) => void) | null): void {
  let isPaused = false;
  from.onMessage((data, isBinary) => {
    if (!isBinary) look?.(data);
    to.send(data, isBinary, () => {
      if (!isPaused || to.bufferedBytes() > HIGH_WATER_BYTES) return;
      isPaused = false;
      from.resume();
    });
    if (isPaused || to.bufferedBytes() <= HIGH_WATER_BYTES) return;
    isPaused = true;
    from.pause();
  });
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
