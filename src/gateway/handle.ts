import type { ServerResponse } from 'node:http';
import { admitRequest } from './admit-request.ts';
import { answerHeaders } from './answer-headers.ts';
import { answerThroughCache } from './cache/answer-through-cache.ts';
import { answerWhileDown } from './cache/answer-while-down.ts';
import { cacheCall } from './cache/cache-call.ts';
import type { Run } from './cache/fly.ts';
import { revalidate } from './cache/revalidate.ts';
import { readCompatHeaders } from './compat/compat-headers.ts';
import { inlineChain } from './compat/portkey-chain.ts';
import { executeCall } from './execute-call.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { guardError } from './guard/guard-error.ts';
import { guardRequest } from './guard/guard-request.ts';
import { checkSignature, identify } from './identify.ts';
import type { InboundCall } from './inbound-call.ts';
import { beginProgress, type Progress } from './progress.ts';
import { readAsked } from './read-asked.ts';
import { receiveBody } from './read-body.ts';
import { readFacts } from './read-facts.ts';
import { readRequestHeaders } from './read-request-headers.ts';
import { refuseReplay } from './refuse-replay.ts';
import { noteStranger, strangerRefusal } from './refuse-strangers.ts';
import { requestFacts } from './request-facts.ts';
import { respondJson } from './respond-json.ts';
import { respondRaw } from './respond-raw.ts';
import { respondStream } from './respond-stream.ts';
import { routeCall } from './route-call.ts';
import { settleBeforeEnd, settleRequest } from './settle-request.ts';
import { shapePrompt } from './shape-prompt.ts';
import { watchHangUp } from './watch-hang-up.ts';
import { gatewayErrorOf, writeError } from './write-error.ts';

/** One request from its bytes to its record: identify, read, match, decide, reserve, execute, answer, and settle whatever happened. */
export async function handle(parts: GatewayParts, call: InboundCall, reply: ServerResponse): Promise<void> {
  const active = parts.policies.current();
  const stranger = strangerRefusal(parts, active, call);
  if (stranger !== null) {
    const { revision } = active.snapshot;
    const headers = ['x-signalbox-request-id', call.id, 'x-signalbox-revision', revision];
    return writeError(reply, call.dialect, stranger, call.id, headers);
  }
  const progress = beginProgress(call, active);
  try {
    await answer(parts, progress, reply);
  } catch (error) {
    await fail(parts, progress, reply, error);
  } finally {
    await settleRequest(parts, progress);
    await call.form?.close();
  }
}

async function answer(parts: GatewayParts, progress: Progress, reply: ServerResponse): Promise<void> {
  const { call, active } = progress;
  const { project, environment } = active.snapshot;
  const cancellation = watchHangUp(reply);

  const caller = identify(active, call);
  progress.caller = caller;
  if (call.source !== null) {
    const bytes = await call.source.receive();
    if (bytes === null) return void reply.destroy();
    call.bytes = bytes;
    progress.bytes = bytes;
  }
  const signature = checkSignature(caller.consumer, call, parts.secrets.resolve);
  if (signature !== null) await refuseReplay(parts.store, signature);
  const compat = readCompatHeaders(project.compatibility, call.headers, environment);
  const own = readRequestHeaders(call.headers);
  const metadata = { ...compat.metadata, ...own.metadata };

  const received = await receiveBody(call);
  if (received === null) return void reply.destroy();
  const { body, upload } = received;
  progress.body = body;
  const { shape, service } = readAsked(call, body, upload);
  progress.shape = shape;
  progress.service = service;
  const request = requestFacts(call, caller, shape, { ...own, metadata }, active.headerNames);
  progress.request = request;

  const inline =
    compat.inline === null
      ? null
      : inlineChain({
          snapshot: active.snapshot,
          inline: compat.inline,
          model: shape.model,
          isStream: shape.stream,
          metadata,
          body,
          headers: call.headers,
          foreignKey: caller.foreignKey,
          draw: parts.draw(),
        });
  const snapshot = inline?.snapshot ?? active.snapshot;
  progress.snapshot = snapshot;
  progress.isInline = inline !== null;

  const { route, needs } = routeCall(active.snapshot, request, inline, call.startedMs);
  progress.route = route.name;
  shapePrompt(progress, route);
  await guardRequest(parts, progress, route, cancellation);
  const facts = await readFacts(parts, active, needs, call.startedMs);
  const wish = { route, inline, own: own.cache, compat: compat.cache };
  const decision = await admitRequest(parts, progress, snapshot, progress.request, route, facts).catch((error) =>
    answerWhileDown(parts, progress, wish, error, cancellation, reply),
  );
  if (decision === null) return;

  const run: Run = (until, form) => executeCall(parts, progress, decision, route, inline, until, form);
  const cached = cacheCall(progress, { ...wish, chain: decision.plan.chain });
  if (cached !== null) {
    const refetch = () => void revalidate(parts, progress, cached, needs, inline);
    return answerThroughCache(parts, progress, cached, { run, revalidate: refetch }, cancellation, reply);
  }
  const executed = await run(cancellation, 'bytes');
  switch (executed.kind) {
    case 'json':
      return respondJson(parts, progress, executed, reply);
    case 'stream':
      return executed.contentType === null
        ? respondStream(parts, progress, executed, reply)
        : respondRaw(parts, progress, executed, reply);
    case 'failed':
      progress.providerHeaders = executed.headers;
      throw executed.error;
    case 'cancelled':
      reply.destroy();
  }
}

async function fail(parts: GatewayParts, progress: Progress, reply: ServerResponse, thrown: unknown): Promise<void> {
  const { call } = progress;
  const error = guardError(progress, gatewayErrorOf(thrown));
  if (error.code === 'internal_error')
    parts.log.error({ err: thrown, requestId: call.id }, 'a request failed by a bug');
  progress.errorCode = error.code;
  if (progress.caller === null) noteStranger(parts, call.ip, error);
  if (reply.headersSent) {
    // Only a bug can get here after the head: cutting the connection is the one honest sign left.
    progress.isCut = true;
    reply.destroy();
    return;
  }
  progress.status = error.status;
  await settleBeforeEnd(parts, progress);
  writeError(reply, call.dialect, error, call.id, answerHeaders(progress, progress.providerHeaders));
}
