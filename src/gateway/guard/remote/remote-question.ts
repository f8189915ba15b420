import type { JsonObject } from '#core';
import type { Verdict } from '#guardrails';
import type { GatewayParts } from '../../gateway-parts.ts';
import type { Progress } from '../../progress.ts';
import type { Turn } from '../request-texts.ts';

/** What a remote check is asked. */
export interface RemoteQuestion {
  readonly parts: GatewayParts;
  readonly progress: Progress;
  readonly guardrail: string;
  readonly check: string;
  readonly stage: 'input' | 'output';
  readonly turns: readonly Turn[];
  readonly settings: JsonObject;
  /** Fires when the time is up. */
  readonly signal: AbortSignal;
}

/** Asks one service; rejects when there is no verdict. */
export type Remote = (question: RemoteQuestion) => Promise<Verdict>;
