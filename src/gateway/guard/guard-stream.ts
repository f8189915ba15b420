import { replayEvents } from '#cache';
import { GatewayError, type NeutralEvent } from '#core';
import { collectEvents } from '#dialects';
import { createStreamCheck, type StreamCheck } from '#guardrails';
import type { StreamSink } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import type { ReplyEnd, ReplyStream } from '../reply-stream.ts';
import { guardAnswer, outputRun } from './guard-answer.ts';
import { type GuardUse, readsAnswers } from './guard-use.ts';

/**
 * The stream that the caller may see. In a window, text goes on as soon as it is beyond doubt; a blocked stream ends in an error. Where the policy or a check wants
 * the whole answer, it is gathered here first: then a refusal is thrown before anything was sent.
 */
export async function guardStream(parts: GatewayParts, progress: Progress, stream: ReplyStream): Promise<ReplyStream> {
  const use = progress.guard;
  if (!readsAnswers(use)) return stream;
  const { output } = use.guard;
  if (output?.isBuffered === true) return buffered(parts, progress, use, stream);
  const run = output === null ? null : outputRun(use, output);
  return windowed(use, createStreamCheck(run, use.vault), stream);
}

function windowed({ cancellation }: GuardUse, check: StreamCheck, stream: ReplyStream): ReplyStream {
  return {
    form: 'events',
    async start(sink) {
      let blocked: GatewayError | null = null;

      function checked(events: readonly NeutralEvent[]): readonly NeutralEvent[] {
        const released: NeutralEvent[] = [];
        try {
          for (const event of events) if (blocked === null) released.push(...check.push(event));
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          blocked = error;
        }
        return released;
      }

      const end = await stream.start({
        bytes: () => true,
        events(events) {
          if (blocked !== null) return true;
          const released = checked(events);
          const hasRoom = released.length === 0 || sink.events(released);
          if (blocked === null) return hasRoom;
          // Nobody will see the rest: what the provider has not written yet need not be paid.
          queueMicrotask(cancellation.cancel);
          return true;
        },
        onDrain: sink.onDrain,
      });
      return blocked === null ? end : { ...end, complete: false, terminator: null, error: blocked, cancelled: false };
    },
  };
}

/** Gathers the stream, has its answer checked, and gives it again. */
async function buffered(
  parts: GatewayParts,
  progress: Progress,
  use: GuardUse,
  stream: ReplyStream,
): Promise<ReplyStream> {
  const collector = collectEvents();
  let units = 0;
  const sink: StreamSink = {
    bytes: () => true,
    events(events) {
      for (const event of events) {
        if ('text' in event) units += event.text.length;
        if ('arguments' in event) units += event.arguments.length;
        collector.push(event);
      }
      if (units > parts.maxBodyBytes) queueMicrotask(use.cancellation.cancel);
      return true;
    },
    onDrain: () => undefined,
  };
  const end = await stream.start(sink);
  if (units > parts.maxBodyBytes) {
    throw new GatewayError('stream_interrupted', 'the answer is too long to be checked as a whole');
  }
  if (end.cancelled || end.error !== null) return ended(end);
  const response = collector.result();
  if ('reason' in response) throw new GatewayError('stream_interrupted', response.message);
  const events = replayEvents(await guardAnswer(parts, progress, response));
  return {
    form: 'events',
    start: async (to) => {
      to.events(events);
      return { ...end, terminator: null };
    },
  };
}

/** Nothing of an answer that broke off was checked, so nothing of it is given. */
function ended(end: ReplyEnd): ReplyStream {
  if (end.error !== null && !end.cancelled) throw end.error;
  return { form: 'events', start: async () => ({ ...end, terminator: null }) };
}
