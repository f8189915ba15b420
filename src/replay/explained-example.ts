import type { Place } from '#core';
import type { Label } from './play-record.ts';

/** A request that comes out differently, told so that a reader can follow it. */
export interface ExplainedExample {
  readonly consumer: string | null;
  readonly model: string | null;
  readonly endpoint: string;
  readonly inputTokens: number | null;
  readonly at: string;
  readonly base: ExplainedSide;
  readonly head: ExplainedSide;
  /** The changed document that is to blame, else where the head's decision is written. */
  readonly because: (Place & { readonly document: string | null }) | null;
}

/** One side of it. */
export interface ExplainedSide {
  readonly route: string | null;
  readonly target: string | null;
  readonly model: string | null;
  readonly status: number;
  readonly code: string | null;
  readonly costMicroUsd: number | null;
  readonly label: Label;
  /** What policy said, in words. */
  readonly trace: readonly string[];
}
