import type { StreamEnd, StreamSink } from '#upstream';

/** A stream as one reader sees it: the provider's own, or a seat at one that several share. */
export interface ReplyStream {
  readonly form: 'bytes' | 'events' | 'both';
  readonly start: (sink: StreamSink) => Promise<ReplyEnd>;
}

/** How a stream ended for its reader. */
export type ReplyEnd = Pick<StreamEnd, 'finish' | 'complete' | 'terminator' | 'error' | 'cancelled'>;
