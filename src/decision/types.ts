import type {
  Capability,
  DialectName,
  Endpoint,
  ErrorCode,
  JsonObject,
  MicroUsd,
  OutcomeReason,
  Pieces,
  Place,
  SkipReason,
  Usage,
} from '#core';
import type { LimitUnit, Provider, Route, TargetPolicy } from '#snapshot';

/** What policy may know of a request: no prompt text. Built by the gateway from the wire, by tests and replay from files. */
export interface RequestFacts {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly dialect: DialectName;
  readonly path: string;
  /** As sent. */
  readonly model: string;
  readonly consumer: string;
  /** The consumer's labels; test files and recordings may carry their own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Lower-case names; only those that some policy reads. */
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: boolean;
  readonly toolCount: number;
  readonly images: number;
  readonly audio: number;
  readonly documents: number;
  readonly responseFormat: 'text' | 'json-object' | 'json-schema';
  readonly hasReasoning: boolean;
  /** An estimate from bytes unless a tokenizer counted: limits, context windows and forecasts go by it. */
  readonly inputTokens: number;
  /**
   * What text and audio can cost at most, whatever the tokenizer: holds go by it. Null when only the context window bounds them (documents, searches at
   * the provider); absent where `inputTokens` is the exact count.
   */
  readonly inputTokensAtMost?: number | null;
  /** The longest-lived prompt cache that the body can ask for; absent where nobody has looked: then the dearest write is held. */
  readonly cacheWrites?: 'none' | '5m' | '1h';
  /** A context window in tokens that the call asks for by a header, beyond what models declare; absent for none. */
  readonly askedWindow?: number;
  /** What the route left out of a conversation that was too long; `inputTokens` and `inputTokensAtMost` are those after it. Absent where nothing was. */
  readonly trimmed?: TrimmedInput;
  readonly maxOutputTokens: number | null;
  /** How many answers are asked for (`n`); absent means one. */
  readonly choices?: number;
  readonly temperature: number | null;
  readonly session: string | null;
  readonly ip: string | null;
  readonly bodyBytes: number;
}

/** A conversation without its oldest turns; tokens as before. */
export interface TrimmedInput {
  /** Messages left out; null where nobody has the text. */
  readonly messages: number | null;
  readonly inputTokens: number;
  readonly inputTokensAtMost?: number | null;
  /** The tokens that the route asked for. */
  readonly to: number;
}

/** What the world knew at the time: read in one store round trip online, from the record offline. */
export interface Facts {
  readonly nowMs: number;
  /** One draw in [0, 1) for weighted choice; sticky choice hashes instead. */
  readonly draw: number;
  /** Recorded draws of sticky choices by chain name: they stand in for a session id that was never recorded. */
  readonly stickyDraws?: Readonly<Record<string, number>>;
  /** Ids of secret references that have no value now (`env:OPENAI_API_KEY`). */
  readonly secretsMissing: ReadonlySet<string>;
  /** By plan target id (`chain/target`); absent means closed. */
  readonly breakers: Readonly<Record<string, 'open' | 'half-open'>>;
  /** Recent first-token or total latency in ms by plan target id. */
  readonly latencies: Readonly<Record<string, number>>;
  readonly inFlight: Readonly<Record<string, number>>;
  /** By counter key; absent means nothing spent and nothing held. */
  readonly counters: Readonly<Record<string, CounterState>>;
  /** True when the store could not be read: budgets then decide by their `failMode`, `last-known` by the counters given. */
  readonly countersUnread?: boolean;
  /** Names of providers that this process cannot call: a dialect or a kind of authentication it does not speak. */
  readonly unsupportedProviders?: ReadonlySet<string>;
}

/** In the budget's unit: micro-USD or a count. */
export interface CounterState {
  readonly spent: number;
  readonly held: number;
}

/** The winning route and what else must be known, or none. */
export type MatchResult =
  | { readonly kind: 'matched'; readonly route: Route; readonly needs: NeededFacts }
  | { readonly kind: 'unmatched' };

/** What `readFacts` has to fetch for this request. */
export interface NeededFacts {
  /** Plan target ids of every target the route's chains can reach. */
  readonly targets: readonly string[];
  readonly counters: readonly CounterKey[];
}

/** One budget counter: stable across revisions, since it names the budget, the split and the window, never the revision. */
export interface CounterKey {
  readonly key: string;
  readonly budget: string;
  readonly unit: LimitUnit;
  readonly limit: number;
  /** Values of the budget's `per`, in order. */
  readonly split: readonly string[];
  /** Calendar windows: [start, end) in ms since 1970; rolling windows: the span that ends now. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

/** The verdict: allowed with a plan and what to reserve, or refused with a code. */
export type Decision =
  | {
      readonly kind: 'allow';
      readonly route: string;
      readonly plan: Plan;
      readonly reservations: readonly Reservation[];
      /** Budgets that are exhausted but only warn, and what was changed (clamped output, downgrade). */
      readonly notes: readonly Note[];
    }
  | {
      readonly kind: 'deny';
      readonly route: string | null;
      readonly code: ErrorCode;
      readonly status: number;
      readonly message: string;
      readonly retryAfterMs: number | null;
      readonly at: Place | null;
      readonly skipped: readonly SkippedTarget[];
    };

/** Something policy changed or let pass that the caller and the record should see. */
export interface Note {
  readonly kind:
    | 'budget-warn'
    | 'budget-downgrade'
    | 'budget-fails-open'
    | 'budget-last-known'
    | 'output-clamped'
    | 'input-trimmed';
  readonly text: string;
  readonly at: Place | null;
}

/** To be held before the first attempt, all or nothing. */
export interface Reservation {
  readonly counter: CounterKey;
  readonly amount: number;
  /** False for a counter that is only kept: its budget warns, has handed over to its chain, or fails open. */
  readonly enforce: boolean;
  /** Plan targets whose attempts count here, for a budget on models or providers; null counts every attempt. */
  readonly targets: readonly string[] | null;
  readonly leaseMs: number;
  readonly onLeaseExpiry: 'settle' | 'release';
}

/** The flattened, ordered list of what may be called for this request: nested chains resolved, unfit targets named with their reason. */
export interface Plan {
  /** Null when the route sends the model straight to its provider, or for an inline plan from a compatibility header. */
  readonly chain: string | null;
  readonly deadlineMs: number | null;
  readonly maxAttempts: number;
  readonly targets: readonly PlanTarget[];
  readonly skipped: readonly SkippedTarget[];
  /** Ids of all targets, callable and skipped, in the order chosen. Absent in plans that `decide` did not make. */
  readonly order?: readonly string[];
  /** Tier of the first target in the order chosen, skipped or not, of the route's own chain also where a budget handed over: an answer of a lower one is degraded. Null when not declared. */
  readonly firstTier?: number | null;
  /** Needs of the request, for the record and for parameter policy. */
  readonly needs: readonly Capability[];
}

/** One callable rung of a plan, every reference resolved. */
export interface PlanTarget extends TargetPolicy {
  /** `chain/target`; for nested chains the innermost chain's name. */
  readonly id: string;
  readonly provider: Provider;
  /** Catalogue name; null when the catalogue does not know the model. */
  readonly model: string | null;
  readonly upstreamModel: string;
  readonly tier: number | null;
  readonly params: JsonObject;
  /** Smallest of the request's, the route's and the model's cap where policy has to set or clamp it; null to leave the request's. */
  readonly maxOutputTokens: number | null;
  /** Outcomes on which the next target of its own chain may be tried. */
  readonly fallbackOn: readonly OutcomeReason[];
  /** The chains around its own, from the inside out: what leads past the rest of a nested chain. Absent at the top. */
  readonly outer?: readonly OuterChain[];
  /** Why this is not the first configured target, where targets before it were skipped; null for the first. */
  readonly skippedBefore: SkipReason | null;
  readonly at: Place | null;
  /** The most one call can cost, in micro-USD; null without a price. Absent in plans that `decide` did not make. */
  readonly worstCaseMicroUsd?: number | null;
  /** The most input tokens that one call can be charged. Absent in plans that `decide` did not make. */
  readonly inputTokensAtMost?: number;
  /** The most output tokens that one call can use. Absent in plans that `decide` did not make. */
  readonly outputTokensAtMost?: number;
}

/** A chain that another is nested in, and the outcomes on which it goes on to what stands after that one. */
export interface OuterChain {
  readonly name: string;
  readonly fallbackOn: readonly OutcomeReason[];
}

/** A rung that may not be called now, and why. */
export interface SkippedTarget {
  readonly id: string;
  readonly reason: SkipReason;
  /** What was missing, such as `env:OPENAI_API_KEY` or `vision`. */
  readonly detail: string | null;
  readonly at: Place | null;
}

/** One attempt that ended; times in ms since the request began. */
export interface Attempt extends Pieces {
  readonly target: string;
  readonly outcome: 'ok' | OutcomeReason | 'cancelled';
  readonly status: number | null;
  readonly startedMs: number;
  readonly firstTokenMs: number | null;
  readonly endedMs: number;
  /** What the provider asked to wait before another try. */
  readonly retryAfterMs: number | null;
  /** Tokens the provider reported or that were counted locally; null when nothing is known to be billed. */
  readonly usage: Usage | null;
  readonly estimated: boolean;
  /** The provider says another try on the same target is pointless (`x-should-retry: false`). */
  readonly noRetry: boolean;
  /** Why no connection was made, in words for whoever runs the gateway. */
  readonly problem?: string;
}

/** What to do next, as `advance` sees it. */
export type Next =
  | {
      readonly kind: 'attempt';
      readonly target: PlanTarget;
      readonly waitMs: number;
      readonly via: 'first' | 'retry' | 'fallback';
      /** Value of `x-signalbox-fallback` if this attempt serves; null on the first configured target. */
      readonly fallback: OutcomeReason | SkipReason | null;
    }
  | {
      readonly kind: 'give-up';
      readonly because: 'request-refused' | 'no-fallback' | 'attempts' | 'deadline' | 'no-targets';
      readonly last: Attempt | null;
    };

/** The account of one finished request. */
export interface Settlement {
  readonly costMicroUsd: MicroUsd;
  /** Null without a price row; the hold is charged then. */
  readonly priceSource: string | null;
  readonly perAttempt: readonly { readonly target: string; readonly costMicroUsd: MicroUsd | null }[];
  /** What to charge and release on every reserved counter; exactly one entry per reservation. */
  readonly charges: readonly Charge[];
  readonly estimated: boolean;
}

/** What one counter is charged, in its unit. */
export interface Charge {
  readonly counter: CounterKey;
  readonly held: number;
  readonly amount: number;
  /** What a provider billed beyond the hold that covered it; absent where the hold was enough, as it should be. */
  readonly overrun?: number;
}
