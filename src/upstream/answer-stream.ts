import { piecesOf } from '#core';
import type { Attempt } from '#decision';
import type { AttemptResult } from './attempt-result.ts';
import type { AnswerStream, StreamEnd, StreamSink } from './call.ts';
import type { Cancellation } from './cancellation.ts';
import { interrupted, type LiveEnd } from './live-stream.ts';

type Streaming = Extract<AttemptResult, { kind: 'stream' }>;
type EndAttempt = (fields: Pick<Attempt, 'outcome' | 'status'> & Partial<Attempt>) => Attempt;

/** A stream past its commit point, with the account of its end. `drain` reads it for its usage alone. */
export interface DrainableStream extends AnswerStream {
  readonly drain: () => Promise<StreamEnd>;
}

/** Makes the stream that the caller is given. `end` records its attempt when it is over, whether or not it was ever started. */
export function answerStream(
  streaming: Streaming,
  target: string,
  cancellation: Cancellation,
  end: EndAttempt,
): DrainableStream {
  const ended = streaming.over.then((live) => account(streaming, target, cancellation, end, live));

  function start(sink: StreamSink | null): Promise<StreamEnd> {
    streaming.live.start(sink);
    return ended;
  }

  return {
    form: streaming.form,
    start: (sink) => {
      // From the hang-up on nobody takes anything any more; an aborted call is over then, a drained one goes on unread.
      const remove = cancellation.onCancel(() => streaming.live.start(null));
      if (!cancellation.isCancelled()) streaming.live.start(sink);
      ended.then(remove, remove);
      return ended;
    },
    drain: () => start(null),
  };
}

function account(
  { account: counted, status }: Streaming,
  target: string,
  cancellation: Cancellation,
  end: EndAttempt,
  { failure, terminated, terminator }: LiveEnd,
): StreamEnd {
  const complete = failure === null;
  const { usage, estimated } = counted.total(complete);
  const outcome = failure === null ? 'ok' : failure.reason;
  const isCancelled = cancellation.isCancelled();
  return {
    attempt: end({
      outcome,
      status,
      usage,
      estimated,
      retryAfterMs: failure?.retryAfterMs ?? null,
      ...piecesOf({ images: counted.pieces?.() }),
    }),
    usage,
    estimated,
    finish: counted.finish(),
    complete,
    terminated,
    terminator,
    error: failure === null || isCancelled ? null : interrupted(target, failure),
    cancelled: isCancelled,
  };
}
