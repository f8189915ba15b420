import type { NeutralEvent, NeutralResponse, OutcomeReason } from '#core';
import { responseEvents } from '#dialects';
import { failure } from '../failure.ts';
import type { Timer, TimerWheel } from '../timer-wheel.ts';
import type { Send, SendCall, SendObserver, SendRequest } from '../transport.ts';
import { answerOf } from './answer.ts';
import { type Behaviour, readBehaviour } from './directives.ts';
import { readSandboxBody, type SandboxRequest } from './sandbox-wire.ts';
import { serviceAnswerOf } from './service-answer.ts';

const encoder = new TextEncoder();

/** A `Send` that calls nobody: it answers from the request, with the failures and delays its directives ask for. */
export function createSandboxSend(wheel: TimerWheel): Send {
  return (request, observer) => new SandboxCall(wheel, request, observer);
}

/** One step of an answer: what happens, after waiting. */
interface Step {
  readonly waitMs: number;
  readonly run: () => void;
}

/** A class because a call has a life: it waits, halts, goes on, ends. */
class SandboxCall implements SendCall {
  readonly #wheel: TimerWheel;
  readonly #observer: SendObserver;
  readonly #steps: Step[];
  #timer: Timer | null = null;
  #isOver = false;
  #isPaused = false;
  #isWaiting = false;

  constructor(wheel: TimerWheel, request: SendRequest, observer: SendObserver) {
    this.#wheel = wheel;
    this.#observer = observer;
    this.#steps = this.#plan(readSandboxBody(request.body as Uint8Array));
    queueMicrotask(() => {
      if (this.#isOver) return;
      observer.onConnected();
      this.#next();
    });
  }

  abort(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    queueMicrotask(() => this.#next());
  }

  firstToken(): void {}

  #next(): void {
    while (!this.#isOver && !this.#isPaused && !this.#isWaiting) {
      const step = this.#steps.shift();
      if (step === undefined) return;
      if (step.waitMs > 0) {
        this.#isWaiting = true;
        this.#timer = this.#wheel.schedule(step.waitMs, () => {
          this.#isWaiting = false;
          this.#steps.unshift({ waitMs: 0, run: step.run });
          this.#next();
        });
        return;
      }
      step.run();
    }
  }

  #plan(asked: SandboxRequest): Step[] {
    const behaviour = readBehaviour(asked);
    if ('problem' in behaviour) return this.#error(400, 'invalid-request', behaviour.problem, {}, 0);
    const { slowMs, rateLimitMs, fail, flags } = behaviour;
    if (flags.has('hang')) return [];
    if (flags.has('reset')) return [{ waitMs: slowMs, run: () => this.#reset() }];
    if (rateLimitMs !== null) {
      const headers = { 'retry-after': String(rateLimitMs / 1000) };
      return this.#error(429, 'rate-limit', 'The sandbox limits the rate, as asked.', headers, slowMs);
    }
    if (fail !== null)
      return this.#error(fail, reasonOf(fail), `The sandbox fails with ${fail}, as asked.`, {}, slowMs);
    if (flags.has('context-overflow'))
      return this.#error(400, 'context-overflow', 'The prompt is too long, as asked.', {}, slowMs);
    if (flags.has('content-filter'))
      return this.#error(400, 'content-filter', 'The sandbox filters the content, as asked.', {}, slowMs);
    if (flags.has('html'))
      return this.#whole(200, 'text/html', '<html><body>502 Bad Gateway</body></html>', {}, slowMs);
    if (flags.has('malformed')) return this.#whole(200, 'application/json', '{"choices": [', {}, slowMs);
    if (flags.has('empty')) return this.#whole(200, 'application/json', '', {}, slowMs);
    return this.#answer(asked, behaviour);
  }

  #answer(asked: SandboxRequest, behaviour: Behaviour): Step[] {
    const { flags, words } = behaviour;
    if (asked.service !== undefined) {
      const { type, body } = serviceAnswerOf(asked.service, !flags.has('no-usage'));
      return this.#whole(200, type, body, {}, behaviour.slowMs);
    }
    if (asked.request === undefined) return this.#error(400, 'invalid-request', 'Nothing was asked.', {}, 0);
    const response = answerOf(asked.request, {
      maxOutputTokens: asked.maxOutputTokens ?? null,
      words,
      callTool: flags.has('tool'),
      withUsage: !flags.has('no-usage'),
    });
    const streams = flags.has('stream') || (asked.request.stream && !flags.has('json'));
    if (streams) return this.#stream(response, behaviour);
    return this.#whole(200, 'application/json', JSON.stringify(response), {}, behaviour.slowMs);
  }

  #stream(response: NeutralResponse, { slowMs, paceMs, cutAfter, errorAfter, hangAfter }: Behaviour): Step[] {
    const steps: Step[] = [
      { waitMs: 0, run: () => this.#observer.onHead(200, { 'content-type': 'text/event-stream' }) },
    ];
    let words = 0;
    for (const event of responseEvents(response).flatMap(splitWords)) {
      const isWord = event.kind === 'text-delta' || event.kind === 'tool-arguments-delta';
      if (isWord && words === hangAfter) return steps;
      if (isWord && words === cutAfter) return [...steps, { waitMs: paceMs, run: () => this.#reset() }];
      if (isWord && words === errorAfter) return [...steps, this.#event(BROKEN, paceMs), this.#end()];
      const isFirst = steps.length === 2;
      steps.push(this.#event(event, isFirst ? slowMs : isWord ? paceMs : 0));
      if (isWord) words += 1;
    }
    return [...steps, this.#end()];
  }

  #event(event: NeutralEvent, waitMs: number): Step {
    const bytes = encoder.encode(`data: ${JSON.stringify(event)}\n\n`);
    return { waitMs, run: () => this.#observer.onData(bytes) };
  }

  #end(): Step {
    return {
      waitMs: 0,
      run: () => {
        this.#isOver = true;
        this.#observer.onEnd();
      },
    };
  }

  #reset(): void {
    this.#isOver = true;
    this.#observer.onFailed(failure('network', 'ECONNRESET', 'The sandbox cut the connection, as asked.'));
  }

  #whole(
    status: number,
    type: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>>,
    waitMs: number,
  ): Step[] {
    return [
      { waitMs, run: () => this.#observer.onHead(status, { 'content-type': type, ...headers }) },
      { waitMs: 0, run: () => this.#observer.onData(typeof body === 'string' ? encoder.encode(body) : body) },
      this.#end(),
    ];
  }

  #error(
    status: number,
    reason: OutcomeReason,
    message: string,
    headers: Readonly<Record<string, string>>,
    waitMs: number,
  ): Step[] {
    const body = JSON.stringify({ error: { reason, code: `sandbox_${reason}`, message } });
    return this.#whole(status, 'application/json', body, headers, waitMs);
  }
}

const BROKEN: NeutralEvent = {
  kind: 'error',
  error: { reason: 'server-error', code: 'sandbox_error', message: 'The sandbox breaks the stream, as asked.' },
};

function reasonOf(status: number): OutcomeReason {
  if (status === 429) return 'rate-limit';
  if (status === 401 || status === 403) return 'auth';
  if (status === 408 || status === 504) return 'timeout';
  return status >= 500 ? 'server-error' : 'invalid-request';
}

/** A stream of words, not of one lump: that is what callers have to cope with. */
function splitWords(event: NeutralEvent): readonly NeutralEvent[] {
  if (event.kind !== 'text-delta') return [event];
  return (event.text.match(/\s*\S+\s*$|\s*\S+/g) ?? [event.text]).map((text) => ({ ...event, text }));
}
