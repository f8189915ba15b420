import type { IncomingMessage } from 'node:http';
import { GatewayError } from '#core';
import { type Attempt, advance, failureOf, type PlanTarget, type SkippedTarget } from '#decision';
import type { Reach } from '#network';
import type { CloudCredentials } from '../auth/cloud.ts';
import type { ExecuteCall, Served } from '../call.ts';
import { type Failure, failure, failureOfError } from '../failure.ts';
import { flatHeaders } from '../headers.ts';
import type { Prepare, Prepared } from '../prepare.ts';
import { SANDBOX_ORIGIN } from '../sandbox/sandbox-dialect.ts';
import { type RealtimeSocket, realtimeSocket } from './realtime-socket.ts';
import { sandboxRealtime } from './sandbox-realtime.ts';

/** A session with a provider, or why there is none. */
export type OpenedRealtime =
  | { readonly kind: 'open'; readonly socket: RealtimeSocket; readonly served: Served; readonly startedMs: number }
  | { readonly kind: 'failed'; readonly error: GatewayError };

export interface OpenOptions {
  readonly prepare: Prepare;
  readonly cloud: CloudCredentials;
  readonly nowMs: () => number;
  readonly draw: () => number;
  readonly reach: Reach;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const HANDSHAKE_MS = 10_000;
/** Of a request with a body; a handshake has none. */
const WITHOUT: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type']);

/** Walks a plan until a provider takes the session: the same retries and fallbacks as for any call, up to the handshake and not beyond. Effects: sockets. */
export async function openRealtime(options: OpenOptions, call: ExecuteCall): Promise<OpenedRealtime> {
  const { nowMs, draw, prepare } = options;
  const elapsedMs = () => nowMs() - call.startedMs;
  const attempts: Attempt[] = [];
  const skipped: SkippedTarget[] = [];
  let { plan } = call;
  for (;;) {
    const step = advance(plan, attempts, { elapsedMs: elapsedMs(), draw: draw() });
    if (step.kind === 'give-up') {
      const { code, status, message } = failureOf(step, attempts);
      const left = skipped.map(({ id, reason, detail }) => `${id} ${reason} (${detail ?? ''})`).join(', ');
      const text = left === '' ? message : `${message}; skipped: ${left}`;
      return { kind: 'failed', error: new GatewayError(code, text, { status }) };
    }
    const { target } = step;
    const asked = options.cloud.ready(target.provider);
    if (asked !== null) await asked;
    const prepared = prepare({
      call,
      target,
      readNeutral: () => call.inbound.dialect.readRequest(call.inbound.body, call.inbound.context),
      nowMs: nowMs(),
      attempts: attempts.length,
      attemptsAtTarget: attempts.filter((attempt) => attempt.target === target.id).length,
    });
    if (prepared.kind === 'skip') {
      const { reason, detail } = prepared;
      skipped.push({ id: target.id, reason, detail, at: target.at });
      plan = { ...plan, targets: plan.targets.filter(({ id }) => id !== target.id) };
      continue;
    }
    if (step.waitMs > 0) await new Promise((resolve) => setTimeout(resolve, step.waitMs));
    const startedMs = elapsedMs();
    call.onAttemptStarted?.(target);
    const opened = await connect(prepared, call, target, options.reach);
    if (!('reason' in opened)) {
      const { via, fallback } = step;
      const served: Served = { target, via, fallback, attempts, skipped, headers: {}, dropped: [], hints: [] };
      return { kind: 'open', socket: opened, served, startedMs };
    }
    const { reason, status, retryAfterMs, noRetry, problem } = opened;
    const attempt: Attempt = {
      ...{ target: target.id, outcome: reason, status, startedMs, firstTokenMs: null, endedMs: elapsedMs() },
      ...{ retryAfterMs, usage: null, estimated: false, noRetry, ...(problem === undefined ? {} : { problem }) },
    };
    attempts.push(attempt);
    call.onAttemptEnded?.(target, attempt);
  }
}

async function connect(
  { request, dialect }: Ready,
  call: ExecuteCall,
  { upstreamModel, timeouts }: PlanTarget,
  { lookup }: Reach,
): Promise<RealtimeSocket | Failure> {
  if (request.origin === SANDBOX_ORIGIN) return sandboxRealtime(upstreamModel);
  // Loaded with the first session: most gateways never have one.
  const { WebSocket } = await import('ws');
  const headers: Record<string, string> = {};
  for (let at = 0; at < request.headers.length; at += 2) {
    const name = request.headers[at] ?? '';
    if (!WITHOUT.has(name)) headers[name] = request.headers[at + 1] ?? '';
  }
  const protocols = (call.inbound.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const url = `${request.origin.replace(/^http/, 'ws')}${request.path}`;
  const socket = new WebSocket(url, protocols.includes('realtime') ? ['realtime'] : [], {
    ...{ headers, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, followRedirects: false },
    handshakeTimeout: timeouts.connectMs ?? HANDSHAKE_MS,
    lookup,
  });
  const remove = call.cancellation.onCancel(() => socket.terminate());
  return new Promise((resolve) => {
    // What a provider says at once must wait for the one who reads it.
    socket.on('open', () => {
      remove();
      socket.pause();
      resolve(realtimeSocket(socket));
    });
    socket.on('unexpected-response', (_request, response) => {
      remove();
      void errorText(response).then((text) => {
        const status = response.statusCode ?? 0;
        resolve({ ...dialect.readError(status, flatHeaders(response.headers), text), status });
        socket.terminate();
      });
    });
    socket.on('error', (error) => resolve(/timed out/.test(error.message) ? TIMEOUT : failureOfError(error)));
    socket.on('close', () => resolve(failure('network', 'closed', 'The connection was closed.')));
  });
}

const TIMEOUT = failure('timeout', 'connect', 'No connection within the time allowed.');

async function errorText(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const piece of response) {
      text += String(piece);
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {
    // What came is what there is.
  }
  return text;
}
