import type { MicroUsd, Usage } from '#core';

/** What metrics need of a request that has ended: names and figures, no text of the caller's beyond names that policies or the catalogue know. */
export interface MeasuredRequest {
  /** `chat`, `messages`, …: the endpoint. */
  readonly operation: string;
  readonly consumer: string;
  readonly team: string;
  readonly route: string;
  /** Catalogue names; empty when nothing served. */
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  /** Our error code; null on success. */
  readonly code: string | null;
  readonly streamed: boolean;
  /** `hit`, `miss`, `off`, … */
  readonly cache: string;
  readonly fallback: string | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  /** Time that was not the providers'. */
  readonly overheadMs: number;
  readonly usage: Usage | null;
  /** Null where nobody knows. */
  readonly costMicroUsd: MicroUsd | null;
  readonly attempts: readonly {
    readonly target: string;
    readonly provider: string;
    readonly model: string;
    readonly outcome: string;
    readonly durationMs: number;
  }[];
  /** Share of its limit that each counter has used after this request. */
  readonly budgets: readonly { readonly budget: string; readonly usedRatio: number }[];
  /** What checks of guardrails came to. */
  readonly guardrails?: readonly {
    readonly guardrail: string;
    readonly check: string;
    readonly stage: string;
    readonly action: string;
  }[];
  /** Budgets on which this request was charged more than was held for it. */
  readonly overruns: readonly string[];
}

/** What metrics need of the policies in service, read when they are scraped. */
export interface PolicyState {
  readonly revision: string;
  readonly digest: string;
  readonly environment: string;
  readonly lastReloadSuccessful: boolean;
  /** Trees refused since the process began. */
  readonly rejected: number;
  readonly recordsDropped: number;
}

/** How a secret store of the policies is. */
export interface SecretStoreState {
  readonly store: string;
  /** Secrets that it gives no newer value of. */
  readonly problems: number;
  /** Since the secret that it confirmed longest ago was confirmed; null where it never gave any. */
  readonly unconfirmedMs: number | null;
}

/** The names that may stand in a label; everything else is `other`, so that no caller can make new series. */
export interface KnownNames {
  readonly has: (
    label: 'consumer' | 'team' | 'route' | 'provider' | 'model' | 'target' | 'budget' | 'guardrail',
    value: string,
  ) => boolean;
}
