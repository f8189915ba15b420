import type { JsonObject } from '#core';

/** A named list of content checks. */
export interface Guardrail {
  readonly name: string;
  readonly stage: readonly ('input' | 'output')[];
  readonly stream: 'window' | 'buffer';
  /** Checks as written; their run time validates options. */
  readonly checks: readonly JsonObject[];
}
