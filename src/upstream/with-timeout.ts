import { failure } from './failure.ts';
import type { Timer, TimerWheel } from './timer-wheel.ts';
import type { Send, SendCall, SendObserver, SendRequest } from './transport.ts';

type TimeoutKind = 'connect' | 'first-token' | 'idle' | 'total';

const MESSAGES: Readonly<Record<TimeoutKind, string>> = {
  connect: 'No connection within the time allowed.',
  'first-token': 'No content within the time allowed.',
  idle: 'The answer stopped arriving.',
  total: 'The answer was not complete within the time allowed.',
};

/**
 * Watches over the four times of a call: `connect` until the connection is had, `firstToken` from the start to the first
 * content (not the first byte), `idle` between two reads once the answer has begun, `total` over all. Time in which the
 * reader itself has paused is not idle.
 */
export function withTimeout(send: Send, wheel: TimerWheel, nowMs: () => number = () => performance.now()): Send {
  return (request, observer) => watch(send, wheel, nowMs, request, observer);
}

function watch(
  send: Send,
  wheel: TimerWheel,
  nowMs: () => number,
  request: SendRequest,
  observer: SendObserver,
): SendCall {
  const { connectMs, firstTokenMs, idleMs, totalMs } = request.timeouts;
  let isOver = false;
  let isPaused = false;
  let lastReadMs = 0;
  let idle: Timer | null = null;
  const connect = start('connect', connectMs);
  const first = start('first-token', firstTokenMs);
  const total = start('total', totalMs);

  function start(kind: TimeoutKind, delayMs: number | null): Timer | null {
    return delayMs === null ? null : wheel.schedule(delayMs, () => expire(kind));
  }

  function expire(kind: TimeoutKind): void {
    if (isOver) return;
    stop();
    call.abort();
    observer.onFailed(failure('timeout', kind, MESSAGES[kind]));
  }

  // One timer that is set anew for the rest when it runs out, not one timer per chunk.
  function checkIdle(): void {
    if (isOver || isPaused || idleMs === null) return;
    const restMs = lastReadMs + idleMs - nowMs();
    if (restMs <= 0) expire('idle');
    else idle = wheel.schedule(restMs, checkIdle);
  }

  function beginIdle(): void {
    lastReadMs = nowMs();
    idle?.cancel();
    if (idleMs !== null && !isOver) idle = wheel.schedule(idleMs, checkIdle);
  }

  function stop(): void {
    isOver = true;
    for (const timer of [connect, first, total, idle]) timer?.cancel();
  }

  const call = send(request, {
    onConnected() {
      connect?.cancel();
      observer.onConnected();
    },
    onHead(status, headers) {
      beginIdle();
      observer.onHead(status, headers);
    },
    onData(bytes) {
      lastReadMs = nowMs();
      observer.onData(bytes);
    },
    onEnd() {
      stop();
      observer.onEnd();
    },
    onFailed(reason) {
      stop();
      observer.onFailed(reason);
    },
  });

  return {
    abort() {
      stop();
      call.abort();
    },
    pause() {
      isPaused = true;
      idle?.cancel();
      call.pause();
    },
    resume() {
      if (isPaused) {
        isPaused = false;
        beginIdle();
      }
      call.resume();
    },
    firstToken() {
      first?.cancel();
      call.firstToken();
    },
  };
}
