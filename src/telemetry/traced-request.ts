import type { MicroUsd, Usage } from '#core';
import type { TraceContext } from './trace-context.ts';

/** What a trace needs of a request that has ended. Free values of the caller's are masked before they come here. */
export interface TracedRequest {
  readonly id: string;
  readonly context: TraceContext;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly path: string;
  /** The path without what callers put into it. */
  readonly httpRoute: string;
  readonly endpoint: string;
  readonly status: number;
  readonly code: string | null;
  /** The line of policy that refused it, as `budgets/product.yaml:7`. */
  readonly refusedAt: string | null;
  readonly isCut: boolean;
  readonly revision: string;
  readonly digest: string;
  readonly environment: string;
  readonly consumer: string | null;
  readonly team: string | null;
  readonly route: string | null;
  readonly chain: string | null;
  readonly target: string | null;
  /** As the caller named it. */
  readonly askedModel: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly streamed: boolean;
  readonly maxOutputTokens: number | null;
  readonly temperature: number | null;
  readonly choices: number | null;
  readonly wantsJson: boolean;
  readonly finish: string | null;
  readonly fallback: string | null;
  readonly usage: Usage | null;
  readonly costMicroUsd: MicroUsd | null;
  readonly cache: { readonly result: string; readonly ageMs: number | null; readonly similarity: number | null };
  /** Targets that were passed over before any call, with why. */
  readonly skipped: readonly { readonly target: string; readonly reason: string }[];
  readonly attempts: readonly TracedAttempt[];
  /** What checks of guardrails came to; never what they found. */
  readonly guardrails: readonly {
    readonly guardrail: string;
    readonly check: string;
    readonly stage: 'input' | 'output';
    readonly action: string;
    readonly count: number;
  }[];
  /** JSON in the convention's form, masked; null unless policy captures content. */
  readonly inputMessages: string | null;
  /** The answer, likewise; null as well where none was given or it is no chat. */
  readonly outputMessages: string | null;
}

/** One call to a provider. */
export interface TracedAttempt {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Host of the provider; null where it has none. */
  readonly host: string | null;
  readonly port: number | null;
  readonly outcome: string;
  readonly status: number | null;
  /** From the start of the request. */
  readonly startedMs: number;
  readonly firstTokenMs: number | null;
  readonly endedMs: number;
  readonly usage: Usage | null;
  readonly costMicroUsd: MicroUsd | null;
}
