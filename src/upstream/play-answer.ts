import type { NeutralEvent } from '#core';
import type { StreamSink } from './call.ts';
import type { LiveEnd, LiveStream } from './live-stream.ts';

/** Takes a stream for a caller who asked for JSON. */
export function collectingSink(push: (event: NeutralEvent) => void): StreamSink {
  return {
    bytes: () => true,
    events(events) {
      for (const event of events) push(event);
      return true;
    },
    onDrain: () => undefined,
  };
}

/** Hands a whole answer out as a stream. */
export function playEvents(events: readonly NeutralEvent[], over: (end: LiveEnd) => void): Pick<LiveStream, 'start'> {
  return {
    start(sink) {
      sink?.events(events);
      over({ failure: null, terminated: true, terminator: null });
    },
  };
}
