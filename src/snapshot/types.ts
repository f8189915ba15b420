import type {
  Capability,
  DialectName,
  Endpoint,
  Glob,
  JsonObject,
  MicroUsd,
  OutcomeReason,
  Place,
  TokenClass,
} from '#core';
import type { Predicate } from './predicate.ts';
import type { RouteIndex } from './route-index.ts';

/**
 * Everything one environment's policies say, compiled, linked and frozen: the whole conversation between compiler and evaluator.
 * Quantities are milliseconds, bytes, ratios (1 = 100 %) and integer micro-USD; references are resolved to compiled objects' names, which exist.
 */
export interface Snapshot {
  /** Version of this shape; a snapshot is never read by another version. */
  readonly format: 1;
  /** SHA-256 (hex) over the effective documents and the catalogue: the same on every machine. */
  readonly digest: string;
  /** The first 12 hex digits: `x-signalbox-revision`. */
  readonly revision: string;
  readonly environment: string;
  readonly project: Project;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly models: ReadonlyMap<string, Model>;
  /** Alias → catalogue name. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly routeIndex: RouteIndex;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  /** SHA-256 (hex) of a key → its consumer and dates. */
  readonly keys: ReadonlyMap<string, ConsumerKey>;
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly caches: ReadonlyMap<string, Cache>;
  readonly guardrails: ReadonlyMap<string, Guardrail>;
  /** Documents whose run time reads their spec as written: Alert, Receiver, Report, McpServer, Invariant, Waiver, Drill. */
  readonly carried: readonly CarriedDocument[];
  /** `Kind/name` → where its document starts and how it came about. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export interface Origin extends Place {
  /** `file` for a policy document, `catalogue` for a built-in one, `overlay` when an environment operation changed it. */
  readonly from: 'file' | 'catalogue';
  /** Environment operations that touched the document, in order. */
  readonly overlays: readonly (Place & { readonly path: string; readonly operation: string })[];
  /** Dotted path from `spec` → place, for every field of the document that an explanation may cite (`match.models`, `targets[gpt]`, …). */
  readonly fields: ReadonlyMap<string, Place>;
}

export interface CarriedDocument {
  readonly kind: 'Alert' | 'Receiver' | 'Report' | 'McpServer' | 'Invariant' | 'Waiver' | 'Drill';
  readonly name: string;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

export interface Project {
  readonly name: string;
  readonly timezone: string | null;
  readonly compatibility: {
    readonly portkeyHeaders: boolean;
    readonly cloudflareHeaders: boolean;
    /** Lower-case hosts, without port. */
    readonly allowedHosts: readonly string[];
  };
  /** Consumer of requests without a key; null refuses them. */
  readonly anonymous: string | null;
  readonly recording: {
    readonly sample: number;
    readonly retainMs: number;
    readonly maxFileBytes: number;
    readonly prefixChars: number;
  };
  readonly telemetry: {
    readonly traceSample: number;
    readonly alwaysTrace: readonly string[];
    readonly contentCapture: boolean;
  };
  readonly defaults: TargetPolicy;
  readonly onStale: { readonly afterMs: number; readonly then: 'serve' | 'warn' | 'unready' };
  /** `gates` and `mail` as written. */
  readonly gates: JsonObject;
  readonly mail: JsonObject;
}

/** A secret is only ever a typed reference; its value lives outside the snapshot. `id` is its canonical text, such as `env:OPENAI_API_KEY`. */
export interface SecretRef {
  readonly id: string;
  readonly source: 'env' | 'file' | 'store';
  readonly name: string;
  readonly optional: boolean;
}

export interface Provider {
  readonly name: string;
  readonly dialect: DialectName;
  /** Without a trailing slash, version segment included. */
  readonly baseUrl: string;
  readonly auth: {
    readonly kind: 'bearer' | 'header' | 'azure' | 'entra' | 'aws' | 'google' | 'none';
    /** Header name for kind `header`. */
    readonly header: string | null;
    /** In order; more than one is a key pool. Empty for kind `none`. */
    readonly secrets: readonly SecretRef[];
  };
  readonly headers: readonly { readonly name: string; readonly value: string | SecretRef }[];
  readonly region: string | null;
  readonly dataPolicy: { readonly trainsOnData: boolean | null; readonly retentionMs: number | null };
  readonly onDisconnect: 'abort' | 'drain';
  readonly quirks: Quirks;
}

export interface Quirks {
  readonly renameParams: Readonly<Record<string, string>>;
  readonly dropParams: readonly string[];
  readonly maxStopSequences: number | null;
  /** Query parameters added to every call, such as Azure's api-version. */
  readonly query: Readonly<Record<string, string>>;
  /** A path template that replaces the dialect's own, with `{model}`; null for the dialect's. */
  readonly path: string | null;
  /** Put before the upstream model name. */
  readonly modelPrefix: string;
  /** Whether a stream's usage must not be asked for (`stream_options`), because the provider refuses the field. */
  readonly noStreamOptions: boolean;
  /** Further quirks as written. */
  readonly other: JsonObject;
}

/** One row of prices in USD per million tokens, as exact integers: micro-USD per million tokens equals pico-USD per token. */
export interface Price {
  /** Valid from this instant (ms since 1970). */
  readonly fromMs: number;
  /** Micro-USD per million tokens; null where the row names no price for the class. */
  readonly perMillion: Readonly<Record<TokenClass, MicroUsd | null>>;
  readonly imageMicroUsd: MicroUsd | null;
  readonly requestMicroUsd: MicroUsd | null;
  readonly source: string;
  readonly readAt: string | null;
}

export interface Model {
  /** Catalogue name, such as `openai/gpt-4o`. */
  readonly name: string;
  readonly provider: string;
  readonly upstreamName: string;
  readonly aliases: readonly string[];
  /** small = 1, standard = 2, frontier = 3, or the number given; null when not declared. */
  readonly tier: number | null;
  readonly contextWindow: number | null;
  readonly maxOutput: number | null;
  /** Null when not declared: then nothing is refused for lacking one. */
  readonly capabilities: ReadonlySet<Capability> | null;
  readonly retiresAt: string | null;
  /** Oldest first; empty when unpriced. */
  readonly prices: readonly Price[];
}

export interface Matcher {
  readonly consumers: readonly Glob[] | null;
  readonly labels: readonly FieldMatcher[];
  readonly endpoints: readonly Endpoint[] | null;
  readonly paths: readonly Glob[] | null;
  readonly models: readonly Glob[] | null;
  readonly metadata: readonly FieldMatcher[];
  readonly headers: readonly FieldMatcher[];
  readonly when: Predicate | null;
}

/** One key of `labels`, `metadata` or `headers` with the values it may have; header names are lower case. */
export interface FieldMatcher {
  readonly key: string;
  readonly values: readonly Glob[];
}

export interface Route {
  readonly name: string;
  readonly match: Matcher;
  /** [match fields given, of these by exact values only, length of the longest literal glob prefix, priority]; larger wins left to right. */
  readonly specificity: readonly [number, number, number, number];
  readonly dialect: DialectName;
  /** Null with `deny` or when the route sends the requested model straight to its provider. */
  readonly chain: string | null;
  readonly deny: { readonly status: number; readonly message: string } | null;
  readonly cache: string | null;
  readonly guardrails: readonly string[];
  readonly prompt: { readonly prepend: string | null; readonly append: string | null };
  readonly limits: {
    readonly maxInputTokens: number | null;
    readonly maxOutputTokens: number | null;
    readonly maxRequestCostMicroUsd: MicroUsd | null;
    readonly bodyBytes: number | null;
  };
  readonly unsupportedParams: 'reject' | 'drop' | 'requireParameters';
  /** Null when unrestricted. */
  readonly residency: readonly string[] | null;
  readonly dataPolicy: { readonly trainsOnData: boolean | null; readonly maxRetentionMs: number | null } | null;
  readonly tags: readonly string[];
}

/** How one target is called; every field resolved from target, chain and project defaults. */
export interface TargetPolicy {
  readonly timeouts: Timeouts;
  readonly retry: Retry;
  readonly breaker: Breaker | null;
}

/** Milliseconds; null means no such timeout. */
export interface Timeouts {
  readonly connectMs: number | null;
  readonly firstTokenMs: number | null;
  readonly idleMs: number | null;
  readonly totalMs: number | null;
}

export interface Retry {
  /** Retries after the first attempt. */
  readonly max: number;
  readonly on: readonly OutcomeReason[];
  readonly initialMs: number;
  readonly factor: number;
  readonly capMs: number;
  readonly jitter: 'full' | 'none';
  readonly respectRetryAfter: boolean;
  /** A longer Retry-After ends the retries on this target. */
  readonly maxRetryAfterMs: number;
}

export interface Breaker {
  readonly failures: number;
  readonly withinMs: number;
  readonly openForMs: number;
}

export interface Chain {
  readonly name: string;
  readonly strategy: 'fallback' | 'weighted' | 'latency' | 'cost' | 'least-busy';
  readonly sticky: 'none' | 'session' | 'consumer';
  readonly deadlineMs: number | null;
  readonly maxAttempts: number;
  readonly fallbackOn: readonly OutcomeReason[];
  readonly allowDowngrade: boolean;
  /** Dearest price a target may have, in micro-USD per million tokens of input plus output; null when unlimited. */
  readonly maxPriceMicroUsd: MicroUsd | null;
  readonly targets: readonly Target[];
}

export interface Target extends TargetPolicy {
  readonly id: string;
  /** `model`: a catalogue model; `provider`: the requested model at that provider; `chain`: another chain. */
  readonly use:
    | { readonly kind: 'model'; readonly model: string }
    | { readonly kind: 'provider'; readonly provider: string }
    | { readonly kind: 'chain'; readonly chain: string };
  /** Percent, under strategy `weighted`. */
  readonly weight: number | null;
  /** Request parameters set for this target, in neutral names as written (`temperature`, `max_tokens`, …). */
  readonly params: JsonObject;
}

export interface Consumer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly allow: {
    readonly models: readonly Glob[] | null;
    readonly endpoints: readonly Endpoint[] | null;
    readonly routes: readonly Glob[] | null;
  };
  readonly deny: { readonly models: readonly Glob[] };
  /** CIDR blocks as written; null allows every address. */
  readonly ipAllow: readonly string[] | null;
  readonly signing: { readonly secret: SecretRef; readonly windowMs: number } | null;
  readonly parent: string | null;
}

export interface ConsumerKey {
  readonly consumer: string;
  readonly id: string;
  readonly createdAtMs: number | null;
  readonly expiresAtMs: number | null;
}

export type LimitUnit = 'cost' | 'tokens' | 'inputTokens' | 'outputTokens' | 'requests' | 'concurrency';

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

export interface Cache {
  readonly name: string;
  readonly mode: 'exact' | 'semantic' | 'off';
  readonly ttlMs: number;
  readonly partition: readonly string[];
  readonly share: JsonObject | null;
  readonly maxTemperature: number | null;
  readonly neverWhen: JsonObject;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly maxEntryBytes: number;
  readonly semantic: JsonObject | null;
}

export interface Guardrail {
  readonly name: string;
  readonly stage: readonly ('input' | 'output')[];
  readonly stream: 'window' | 'buffer';
  /** Checks as written; their run time validates options. */
  readonly checks: readonly JsonObject[];
}
