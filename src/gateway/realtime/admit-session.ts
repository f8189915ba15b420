import type { Duplex } from 'node:stream';
import { GatewayError } from '#core';
import type { Decision } from '#decision';
import { createCancellation, type OpenedRealtime } from '#upstream';
import { admitRequest } from '../admit-request.ts';
import { outboundCall } from '../execute-call.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { checkSignature, identify } from '../identify.ts';
import type { Progress } from '../progress.ts';
import { readAsked } from '../read-asked.ts';
import { readFacts } from '../read-facts.ts';
import { readRequestHeaders } from '../read-request-headers.ts';
import { refuseReplay } from '../refuse-replay.ts';
import { requestFacts } from '../request-facts.ts';
import { routeCall } from '../route-call.ts';

/** A session that is admitted, with its provider at the other end. */
export interface Session {
  readonly decision: Extract<Decision, { kind: 'allow' }>;
  readonly opened: Extract<OpenedRealtime, { kind: 'open' }>;
}

/** The path of every request up to the provider: identify, match, decide, hold, open with retries and fallbacks. Throws what any of them refuses. */
export async function admitSession(
  parts: GatewayParts,
  progress: Progress,
  model: string,
  socket: Duplex,
): Promise<Session> {
  const { call, active } = progress;
  const caller = identify(active, call);
  progress.caller = caller;
  const signature = checkSignature(caller.consumer, call, parts.secrets.resolve);
  if (signature !== null) await refuseReplay(parts.store, signature);
  const own = readRequestHeaders(call.headers);
  const body = { model };
  progress.body = body;
  const { shape, service } = readAsked(call, body, null);
  progress.shape = shape;
  progress.service = service;
  const request = requestFacts(call, caller, shape, own, active.headerNames);
  progress.request = request;
  const { route, needs } = routeCall(active.snapshot, request, null, call.startedMs);
  progress.route = route.name;
  if (active.guards.get(route.name) !== undefined && route.deny === null) {
    // What cannot be read must not pass where policy says that it is read.
    throw new GatewayError('guardrail_blocked', `the guardrails of route ${route.name} cannot read a realtime session`);
  }
  const facts = await readFacts(parts, active, needs, call.startedMs);
  const decision = await admitRequest(parts, progress, active.snapshot, request, route, facts);
  const cancellation = createCancellation();
  socket.once('close', cancellation.cancel);
  const opened = await parts.upstream.openRealtime(
    outboundCall(parts, progress, decision, route, null, cancellation, 'bytes'),
  );
  if (opened.kind === 'failed') throw opened.error;
  progress.served = opened.served;
  if (socket.destroyed) {
    opened.socket.close(1001, 'the caller is gone');
    throw new GatewayError('stream_interrupted', 'the caller is gone');
  }
  return { decision, opened };
}
