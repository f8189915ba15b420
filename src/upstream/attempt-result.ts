import type { NeutralResponse, Pieces, ServiceResponse } from '#core';
import type { Failure } from './failure.ts';
import type { LiveEnd, LiveStream } from './live-stream.ts';
import type { Counted, StreamAccount } from './stream-account.ts';

/** What became of one call, as far as the commit point. */
export type AttemptResult =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** As received; null when the upstream streamed instead. */
      readonly bytes: Uint8Array | null;
      readonly response: NeutralResponse | null;
      readonly serviceResponse: ServiceResponse | null;
      readonly counted: Counted;
      /** Pieces that are paid for beside tokens. */
      readonly pieces: Pieces;
    }
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly form: 'bytes' | 'events' | 'both';
      /** Of an answer that passes unread. */
      readonly contentType: string | null;
      readonly live: Pick<LiveStream, 'start'>;
      readonly account: StreamAccount;
      /** Resolves when the stream is over. */
      readonly over: Promise<LiveEnd>;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly headers: Readonly<Record<string, string>>;
      /** What the provider had counted before it failed; null when nothing is known to be billed. */
      readonly counted: Counted | null;
    };
