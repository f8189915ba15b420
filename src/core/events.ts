import type { Citation } from './citation.ts';
import type { TokenLogprob } from './logprob.ts';
import type { OutcomeReason } from './outcome.ts';
import type { AssistantPart, OpaquePart } from './request.ts';
import type { Finish } from './response.ts';
import type { Usage } from './usage.ts';

/**
 * One event of a streamed answer in the neutral form.
 * Blocks: `part-start` opens block `index` (rising from 0 within a choice), deltas name it, `part-end` closes it; a reader always emits all three.
 * A stream is complete when `finish` was seen for every choice that was begun and then `response-end`; it may end earlier only by `error`.
 */
export type NeutralEvent =
  | { readonly kind: 'response-start'; readonly id: string; readonly model: string; readonly createdAt?: number }
  | { readonly kind: 'part-start'; readonly choice: number; readonly index: number; readonly part: PartStart }
  | {
      readonly kind: 'text-delta';
      readonly choice: number;
      readonly index: number;
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[];
    }
  /** What words of text block `index` rest on; it may come after the block has ended, as its provider sends it. */
  | { readonly kind: 'citation'; readonly choice: number; readonly index: number; readonly citation: Citation }
  /** Something of the answer that the neutral form has no place for, by its name in the provider's dialect. */
  | { readonly kind: 'unread'; readonly what: string }
  | { readonly kind: 'refusal-delta'; readonly choice: number; readonly index: number; readonly text: string }
  | { readonly kind: 'reasoning-delta'; readonly choice: number; readonly index: number; readonly text: string }
  | {
      readonly kind: 'reasoning-signature';
      readonly choice: number;
      readonly index: number;
      readonly signature: string;
    }
  | {
      readonly kind: 'tool-arguments-delta';
      readonly choice: number;
      readonly index: number;
      readonly arguments: string;
    }
  | { readonly kind: 'part-end'; readonly choice: number; readonly index: number }
  | { readonly kind: 'finish'; readonly choice: number; readonly finish: Finish }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'response-end' }
  | { readonly kind: 'error'; readonly error: StreamError };

/** What a block is, known when it opens. A part that arrives whole (an image, redacted reasoning) stands in `whole`. */
export type PartStart =
  | { readonly kind: 'text' }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'reasoning'; readonly id?: string }
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly signature?: string }
  | { readonly kind: 'whole'; readonly part: AssistantPart | OpaquePart };

/** An error event inside a stream, or the reader's own finding that the stream is broken. */
export interface StreamError {
  readonly reason: OutcomeReason;
  /** The provider's own code or type, where given. */
  readonly code?: string;
  /** Upstream text: only for the caller's own answer, never for a log. */
  readonly message: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Tells whether an event is content: the commit point, after which no fallback may happen. Pure. */
export function isContent(event: NeutralEvent): boolean {
  switch (event.kind) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
    case 'tool-arguments-delta':
      return true;
    case 'part-start':
      return event.part.kind === 'tool-call' || event.part.kind === 'whole';
    case 'finish':
      return true;
    default:
      return false;
  }
}
