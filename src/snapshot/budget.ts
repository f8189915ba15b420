import type { Glob } from '#core';
import type { FieldMatcher } from './route.ts';

/** A limit on one unit over one window, and what happens at its end. */
export interface Budget {
  readonly name: string;
  readonly scope: {
    readonly consumers: readonly Glob[] | null;
    readonly labels: readonly FieldMatcher[];
    readonly routes: readonly Glob[] | null;
    readonly models: readonly Glob[] | null;
    readonly providers: readonly Glob[] | null;
    readonly metadata: readonly FieldMatcher[];
  };
  /** `consumer`, `route`, `model`, `provider`, `label.<name>`, `metadata.<name>`. */
  readonly per: readonly string[];
  readonly unit: LimitUnit;
  /** Micro-USD for cost, else a count. */
  readonly limit: number;
  readonly window:
    | {
        readonly kind: 'calendar';
        readonly every: 'hour' | 'day' | 'week' | 'month' | 'quarter';
        readonly timezone: string;
      }
    | { readonly kind: 'rolling'; readonly ms: number };
  /** Ratios, rising. */
  readonly alertAt: readonly number[];
  readonly onExhausted:
    | { readonly kind: 'deny' }
    | { readonly kind: 'warn' }
    | { readonly kind: 'chain'; readonly chain: string }
    | null;
  readonly failMode: 'closed' | 'open' | 'last-known';
  readonly unpriced: 'hold' | 'deny';
  readonly leaseMs: number;
  readonly onLeaseExpiry: 'settle' | 'release';
}

/** What a budget counts. */
export type LimitUnit = 'cost' | 'tokens' | 'inputTokens' | 'outputTokens' | 'requests' | 'concurrency';
