import type { ServerResponse } from 'node:http';
import { formatUsd } from '#core';
import type { Executed } from '#upstream';
import { answerHeaders } from './answer-headers.ts';
import { captureRaw } from './capture-raw.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { guardRaw } from './guard/guard-raw.ts';
import { CLIENT_CLOSED, type Progress } from './progress.ts';
import { knownCost, settleBeforeEnd } from './settle-request.ts';
import { takesTrailers } from './stream-framing.ts';

const COST = 'x-signalbox-cost-usd';

/**
 * Hands on an answer that passes unread (sound, subtitles, events), as the provider labels it and never whole in memory. The cost follows as a trailer. An answer that
 * breaks off ends with the connection: such bytes have no place for an error.
 */
export async function respondRaw(
  parts: GatewayParts,
  progress: Progress,
  unread: Extract<Executed, { kind: 'stream' }>,
  reply: ServerResponse,
): Promise<void> {
  const { call } = progress;
  progress.served = unread;
  const executed = await guardRaw(parts, progress, unread);
  progress.status = 200;
  const headers = answerHeaders(progress, executed.headers);
  headers.push('content-type', executed.contentType ?? 'application/octet-stream');
  if (takesTrailers(reply)) headers.push('trailer', COST);
  reply.writeHead(200, headers);
  progress.firstByteMs = parts.nowMs() - call.startedMs;
  const end = await captureRaw(progress, executed.stream, executed.contentType ?? '').start({
    bytes: (bytes) => reply.write(bytes),
    events: () => true,
    onDrain: (resume) => reply.on('drain', resume),
  });
  progress.isCut = !end.complete;
  if (end.cancelled) progress.status = CLIENT_CLOSED;
  if (end.error !== null) progress.errorCode = end.error.code;
  await settleBeforeEnd(parts, progress);
  if (end.cancelled || end.error !== null) {
    reply.destroy();
    return;
  }
  const cost = knownCost(progress);
  if (cost !== null) reply.addTrailers({ [COST]: formatUsd(cost) });
  reply.end();
}
