import type { JsonObject } from './json.ts';
import type { AssistantPart } from './request.ts';
import type { Usage } from './usage.ts';

/** A whole answer in the neutral form. */
export interface NeutralResponse {
  readonly id: string;
  /** The model as the provider names it. */
  readonly model: string;
  /** Unix seconds, where the provider tells it. */
  readonly createdAt?: number;
  readonly choices: readonly Choice[];
  /** Absent when the provider sent none: missing is not zero. */
  readonly usage?: Usage;
  /** What the neutral form has no place for, by its names in the provider's dialect; absent for nothing. */
  readonly unread?: readonly string[];
  readonly extra: JsonObject;
}

/** One of the answers asked for. */
export interface Choice {
  readonly index: number;
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
}

/** Why the model stopped. `raw` is the provider's own word. */
export interface Finish {
  readonly reason: FinishReason;
  readonly raw?: string;
  /** The stop sequence that matched, where the provider tells it. */
  readonly sequence?: string;
}

/** Why the model stopped, in the words all dialects share. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'stop-sequence'
  | 'pause'
  | 'context-window'
  | 'malformed-tool-call'
  | 'other';
