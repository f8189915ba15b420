import type { ServerResponse } from 'node:http';
import { type CachedAnswer, replayEvents } from '#cache';
import { formatUsd, type NeutralEvent, type NeutralResponse } from '#core';
import type { Cache } from '#snapshot';
import type { Cancellation } from '#upstream';
import { answerHeaders } from '../answer-headers.ts';
import { callerContext } from '../caller-context.ts';
import { capturesContent } from '../captures-content.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { guardAnswer } from '../guard/guard-answer.ts';
import { CLIENT_CLOSED, type Progress } from '../progress.ts';
import { settleBeforeEnd } from '../settle-request.ts';
import { streamFraming } from '../stream-framing.ts';
import type { CacheUse } from './cache-use.ts';

/** What is said of a kept answer that is given. */
export type KeptUse = Pick<CacheUse, 'result' | 'similarity' | 'matched'>;

/** Gives a kept answer in the caller's dialect, as JSON or as a stream, whichever it asked for. It costs nothing and says what it saved. */
export async function serveKept(
  parts: GatewayParts,
  progress: Progress,
  rule: Pick<Cache, 'streamReplay'>,
  answer: CachedAnswer,
  use: KeptUse,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const { call, shape } = progress;
  const ageMs = Math.max(0, parts.nowMs() - answer.storedAtMs);
  const { costMicroUsd: savedMicroUsd, provider, model } = answer;
  progress.cache = { ...progress.cache, ...use, ageMs, savedMicroUsd, provider, model };
  const { raw } = answer;
  const response = await guardAnswer(parts, progress, answer.response);
  if (capturesContent(progress)) progress.answer = response;
  progress.finish = answer.response.choices[0]?.finish.reason ?? null;
  progress.status = 200;
  await settleBeforeEnd(parts, progress);
  const headers = answerHeaders(progress);
  if (shape?.stream === true) {
    await stream(progress, response, headers, rule.streamReplay === 'paced' ? answer.streamMs : 0, cancellation, reply);
    return;
  }
  const text =
    raw?.dialect === call.dialect.name && response === answer.response
      ? raw.body
      : JSON.stringify(call.dialect.writeResponse(response, callerContext(progress)));
  const body = Buffer.from(text);
  headers.push('content-type', 'application/json', 'content-length', String(body.length));
  reply.writeHead(200, headers);
  reply.end(body);
  progress.firstByteMs = parts.nowMs() - call.startedMs;
}

async function stream(
  progress: Progress,
  response: NeutralResponse,
  headers: string[],
  spanMs: number,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const { call } = progress;
  const writer = call.dialect.createStreamWriter(callerContext(progress));
  const { contentType, encoding, hasComments } = streamFraming(call);
  headers.push('content-type', contentType);
  headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
  reply.writeHead(200, headers);
  const events = replayEvents(response);
  const write = (part: readonly NeutralEvent[]) =>
    part.map((event) => (event.kind === 'response-end' ? '' : writer.push(event))).join('');
  const last = `${hasComments ? `: x-signalbox-cost-usd=${formatUsd(0)}\n\n` : ''}${writer.push({ kind: 'response-end' })}`;
  let rest = events;
  if (spanMs > 0) {
    await paced(events, spanMs, cancellation, (part) => reply.write(write(part), encoding));
    rest = [];
  }
  while (rest.length > AT_ONCE && !cancellation.isCancelled()) {
    if (!reply.write(write(rest.slice(0, AT_ONCE)), encoding)) await drained(reply, cancellation);
    rest = rest.slice(AT_ONCE);
  }
  if (cancellation.isCancelled()) {
    progress.status = CLIENT_CLOSED;
    progress.isCut = true;
    reply.destroy();
    return;
  }
  reply.end(write(rest) + last, encoding);
}

// Of a long answer so many events are written at a time, some 100 KB: a slow caller does not have all of it lie in memory.
const AT_ONCE = 512;

/** Resolves when the caller can take more, or has gone. */
function drained(reply: ServerResponse, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve) => {
    const forget = cancellation.onCancel(done);
    reply.once('drain', done);

    function done(): void {
      reply.off('drain', done);
      forget();
      resolve();
    }
  });
}

const STEP_MS = 20;

/** Hands the events out over the time that they first took. */
function paced(
  events: readonly NeutralEvent[],
  spanMs: number,
  cancellation: Cancellation,
  give: (part: readonly NeutralEvent[]) => void,
): Promise<void> {
  const steps = Math.max(1, Math.ceil(spanMs / STEP_MS));
  return new Promise((resolve) => {
    let step = 0;
    const timer = setInterval(next, STEP_MS);
    const forget = cancellation.onCancel(done);
    next();

    function next(): void {
      const from = Math.floor((events.length * step) / steps);
      step += 1;
      const to = Math.floor((events.length * step) / steps);
      if (to > from) give(events.slice(from, to));
      if (step >= steps) done();
    }
    function done(): void {
      clearInterval(timer);
      forget();
      resolve();
    }
  });
}
