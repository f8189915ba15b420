import type { ServerResponse } from 'node:http';
import { formatUsd, type NeutralEvent } from '#core';
import type { Served, StreamSink } from '#upstream';
import { answerHeaders, LOST_HEADER, lostText } from './answer-headers.ts';
import { callerContext } from './caller-context.ts';
import { captureStream } from './capture-stream.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { guardError } from './guard/guard-error.ts';
import { guardStream } from './guard/guard-stream.ts';
import { CLIENT_CLOSED, type Progress } from './progress.ts';
import type { ReplyEnd, ReplyStream } from './reply-stream.ts';
import { knownCost, settleBeforeEnd } from './settle-request.ts';
import { streamFraming, takesTrailers } from './stream-framing.ts';

const COST = 'x-signalbox-cost-usd';
const TERMINATOR: NeutralEvent = { kind: 'response-end' };

/**
 * Streams an answer whose first content is here: the same dialect's bytes as they come, else neutral events written in the caller's. A slow caller
 * slows the upstream down. The end mark waits until the answer is settled; the cost, known only then, goes out as a comment of the event stream, or as a trailer where the caller reads JSON or binary frames.
 * After an error comes the dialect's explicit error event and no normal terminator.
 */
export async function respondStream(
  parts: GatewayParts,
  progress: Progress,
  executed: Served & { readonly stream: ReplyStream },
  reply: ServerResponse,
): Promise<void> {
  const { call } = progress;
  const writer = call.dialect.createStreamWriter(callerContext(progress));
  const { contentType, encoding, hasComments } = streamFraming(call);
  progress.served = executed;
  const stream = captureStream(progress, await guardStream(parts, progress, executed.stream));
  progress.status = 200;
  const headers = answerHeaders(progress, executed.headers);
  headers.push('content-type', contentType);
  headers.push('cache-control', 'no-cache', 'x-accel-buffering', 'no');
  if (!hasComments && takesTrailers(reply)) headers.push('trailer', `${COST}, ${LOST_HEADER}`);
  reply.writeHead(200, headers);
  progress.firstByteMs = parts.nowMs() - call.startedMs;

  const sink: StreamSink = {
    bytes: (bytes) => reply.write(bytes),
    events(events) {
      let text = '';
      // The terminator waits for the cost.
      for (const event of events) if (event.kind !== 'response-end') text += writer.push(event);
      return text === '' || reply.write(text, encoding);
    },
    onDrain: (resume) => reply.on('drain', resume),
  };
  const end = await stream.start(sink);

  progress.finish = end.finish;
  progress.isCut = !end.complete;
  if (end.cancelled) {
    progress.status = CLIENT_CLOSED;
    reply.destroy();
    return;
  }
  const error = end.error === null ? null : guardError(progress, end.error);
  if (error !== null) progress.errorCode = error.code;
  await settleBeforeEnd(parts, progress);
  if (error !== null) {
    reply.end(writer.error(error, call.id), encoding);
    return;
  }
  const cost = knownCost(progress);
  const comment = !hasComments || cost === null ? '' : `: ${COST}=${formatUsd(cost)}\n\n`;
  const last = lastText(stream.form, end, writer.push, comment);
  // Only now is it known; a caller's stream stays as its dialect has it, so it is told where nobody parses.
  const lost = progress.lost.size === 0 ? null : lostText(progress);
  if (lost !== null && hasComments) reply.write(`: ${LOST_HEADER}=${lost}\n\n`);
  if (!hasComments) {
    reply.addTrailers({
      ...(cost === null ? {} : { [COST]: formatUsd(cost) }),
      ...(lost === null ? {} : { [LOST_HEADER]: lost }),
    });
  }
  if (typeof last === 'string') reply.end(last, encoding);
  else reply.end(last);
}

function lastText(
  form: ReplyStream['form'],
  end: ReplyEnd,
  push: (event: NeutralEvent) => string,
  comment: string,
): string | Uint8Array {
  if (form !== 'events' && end.terminator !== null) return Buffer.concat([Buffer.from(comment), end.terminator]);
  return `${comment}${push(TERMINATOR)}`;
}
