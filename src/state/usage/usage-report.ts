import type { Usage } from '#core';
import type { Forecast } from '#decision';

/** What usage can be listed by. */
export const USAGE_GROUPS = ['consumer', 'team', 'model', 'provider', 'route', 'day'] as const;

/** One of them. */
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** What a report covers. */
export interface UsageQuery {
  /** [from, to) in ms since 1970, widened to whole quarters of an hour. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: UsageGroup;
  /** How many of the largest requests to name. */
  readonly top: number;
  /** The local date of an instant. */
  readonly dateOf: (atMs: number) => string;
}

/** Sums over requests; money in micro-USD. */
export interface UsageTotals {
  /** Requests that were let through. */
  readonly requests: number;
  /** Answered with an error, or hung up before an answer. */
  readonly failed: number;
  /** Answered by another than the first target. */
  readonly fallbacks: number;
  /** With tokens that were counted locally. */
  readonly estimated: number;
  /** With tokens of unknown price or number: their cost is not in the sum, or not all of it. */
  readonly unpriced: number;
  readonly tokens: Usage;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Images made and searches billed, as the providers reported them. */
  readonly images: number;
  readonly searchUnits: number;
  readonly costMicroUsd: number;
  readonly savedMicroUsd: number;
}

/** One line of a report. */
export interface UsageLine extends UsageTotals {
  /** Name or date; empty for requests without one. */
  readonly key: string;
  /** Of the cost of all lines, in [0, 1]; of the tokens where nothing cost anything. */
  readonly share: number;
}

/** A request that stands out. */
export interface UsageRequest {
  readonly id: string;
  readonly at: string;
  readonly consumer: string;
  readonly route: string;
  readonly model: string;
  readonly tokens: number;
  /** Null where a part of it is unknown. */
  readonly costMicroUsd: number | null;
}

/** Who used what in a span of time. */
export interface UsageReport {
  readonly from: string;
  readonly to: string;
  readonly by: UsageGroup;
  readonly totals: UsageTotals;
  /** The dearest first; days in their order. */
  readonly groups: readonly UsageLine[];
  readonly top: { readonly byCost: readonly UsageRequest[]; readonly byTokens: readonly UsageRequest[] };
}

/** Where a budget's window stands, and where it leads; amounts in the budget's unit. */
export interface BudgetStanding {
  readonly budget: string;
  readonly split: readonly string[];
  readonly unit: string;
  /** As it was at the last charge. */
  readonly limit: number;
  /** Of the charges in this ledger. */
  readonly spent: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** Null with too little to go by. */
  readonly forecast: Forecast | null;
}
