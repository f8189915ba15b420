import type { ServerResponse } from 'node:http';
import { replayEvents } from '#cache';
import { GatewayError, isContent, type NeutralResponse } from '#core';
import { collectEvents } from '#dialects';
import type { Cancellation, Executed, StreamSink } from '#upstream';
import { capturesContent } from '../captures-content.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { readsAnswers } from '../guard/guard-use.ts';
import type { Progress } from '../progress.ts';
import type { ReplyStream } from '../reply-stream.ts';
import { respondJson } from '../respond-json.ts';
import { respondStream } from '../respond-stream.ts';
import type { Begun, Flight, Seat } from './flights.ts';

type Json = Extract<Executed, { kind: 'json' }>;
type Stream = Extract<Begun, { kind: 'stream' }>;

/** Answers one of the requests that share a call, as JSON or as a stream, in its own dialect and at its own pace. */
export async function takeSeat(
  parts: GatewayParts,
  progress: Progress,
  { flight, seat }: { readonly flight: Flight; readonly seat: Seat },
  begun: Begun,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const wantsStream = progress.shape?.stream === true;
  switch (begun.kind) {
    case 'failed':
      progress.providerHeaders = begun.executed.headers;
      throw begun.executed.error;
    case 'cancelled':
      reply.destroy();
      return;
    case 'json': {
      const { executed } = begun;
      if (!wantsStream || executed.response === null) {
        return respondJson(
          parts,
          progress,
          { ...executed, bytes: isAlike(progress, flight) ? executed.bytes : null },
          reply,
        );
      }
      const stream = replayed(executed.response);
      return respondStream(parts, progress, { ...executed, stream }, reply);
    }
    case 'stream': {
      if (!wantsStream) return respondCollected(parts, progress, begun, seat, cancellation, reply);
      const own = capturesContent(progress) ? 'both' : 'bytes';
      const form = begun.executed.stream.form === 'both' && isAlike(progress, flight) ? own : 'events';
      const stream = settling(begun.broadcast.reader(form, cancellation), seat);
      return respondStream(parts, progress, { ...begun.executed, stream }, reply);
    }
  }
}

/** Whether the leader's own bytes are what this caller would have been sent. */
function isAlike({ call, shape, guard }: Progress, { leader }: Flight): boolean {
  return (
    !readsAnswers(guard) &&
    call.dialect === leader.call.dialect &&
    call.framing === leader.call.framing &&
    (shape?.streamUsage ?? false) === leader.streamUsage &&
    (shape?.legacyFunctions ?? false) === leader.legacyFunctions
  );
}

/** From its start on, a reader holds its place itself. */
function settling(stream: ReplyStream, seat: Seat): ReplyStream {
  return {
    ...stream,
    start(sink) {
      const end = stream.start(sink);
      seat.settle();
      return end;
    },
  };
}

/** A whole answer for a caller who asked for a stream and came to a call that is none. */
function replayed(response: NeutralResponse): ReplyStream {
  const finish = response.choices[0]?.finish.reason ?? null;
  return {
    form: 'events',
    async start(sink) {
      sink.events(replayEvents(response));
      return { finish, complete: true, terminator: null, error: null, cancelled: false };
    },
  };
}

/** A whole answer out of a shared stream, for a caller who asked for JSON. Nothing has gone out before its end: an error is an error. */
async function respondCollected(
  parts: GatewayParts,
  progress: Progress,
  { executed, broadcast }: Stream,
  seat: Seat,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const collector = collectEvents();
  let hasContent = false;
  const sink: StreamSink = {
    bytes: () => true,
    events(events) {
      for (const event of events) {
        hasContent ||= isContent(event);
        collector.push(event);
      }
      return true;
    },
    onDrain: () => undefined,
  };
  const end = await settling(broadcast.reader('events', cancellation), seat).start(sink);
  if (end.cancelled) {
    reply.destroy();
    return;
  }
  const response = collector.result();
  if (end.error !== null || 'reason' in response || !hasContent) {
    throw end.error ?? new GatewayError('stream_interrupted', 'the shared stream ended without an answer');
  }
  const { stream: _, ...served } = executed;
  const whole: Omit<Json, 'usage' | 'estimated'> = {
    ...served,
    kind: 'json',
    bytes: null,
    response,
    serviceResponse: null,
  };
  return respondJson(parts, progress, whole, reply);
}
