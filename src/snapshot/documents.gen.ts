/** Generated from schemas/ by scripts/generate-types.ts; change the schemas instead. */

/**
 * Any policy document, told apart by `kind`.
 */
export type Document =
  | AlertDocument
  | BudgetDocument
  | CacheDocument
  | ChainDocument
  | ConsumerDocument
  | DrillDocument
  | EnvironmentDocument
  | GuardrailDocument
  | InvariantDocument
  | McpServerDocument
  | ModelDocument
  | ProjectDocument
  | ProviderDocument
  | ReceiverDocument
  | ReportDocument
  | RouteDocument
  | TestDocument
  | WaiverDocument;
/**
 * What happens when the limit is reached: `deny` refuses, `warn` goes on, `{chain: …}` goes on with that chain.
 */
export type OnExhausted =
  | ('deny' | 'warn')
  | {
      /**
       * The chain that answers from then on.
       */
      readonly chain: string;
    };

/**
 * A condition that someone is told about.
 */
export interface AlertDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Alert` under this schema.
   */
  readonly kind: 'Alert';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: AlertSpec;
}
/**
 * The condition and who hears of it.
 */
export interface AlertSpec {
  readonly when: AlertCondition;
  readonly scope?: AlertScope;
  /**
   * How bad it is.
   */
  readonly severity?: 'critical' | 'warning' | 'info';
  /**
   * Receivers who are told.
   */
  readonly to: readonly string[];
  /**
   * How often a lasting alert is repeated.
   */
  readonly repeatEvery?: string;
}
/**
 * A metric and the threshold it crosses.
 */
export interface AlertCondition {
  /**
   * What is measured. Errors are final statuses of 500 and above and streams that ended in an error; denials by policy are none.
   */
  readonly metric:
    | 'budget-used'
    | 'cost'
    | 'error-rate'
    | 'latency'
    | 'first-token'
    | 'fallback-share'
    | 'cache-hit-rate'
    | 'spend-anomaly'
    | 'breaker-open'
    | 'provider-down'
    | 'policy-rejected'
    | 'key-age'
    | 'recorder-drops'
    | 'forecast';
  /**
   * Fires when the metric is above: a share, a duration or money, as the metric asks.
   */
  readonly above?: string;
  /**
   * Fires when the metric is below this share.
   */
  readonly below?: string;
  /**
   * The time over which it is measured. For `spend-anomaly` an hour by default.
   */
  readonly over?: string;
  /**
   * With fewer requests in that time it does not fire. For `provider-down` calls to the provider, 5 by default; for `cost` 0 by default.
   */
  readonly minRequests?: number;
  /**
   * How long the condition must hold first.
   */
  readonly for?: string;
  /**
   * Where a firing alert counts as over, of the same kind as its threshold: lower than `above`, or higher than `below`. The threshold itself by default.
   */
  readonly clearAt?: string;
  /**
   * How long it must be over before its end is told.
   */
  readonly clearFor?: string;
  /**
   * The quantile, for `latency` and `first-token`.
   */
  readonly quantile?: 'p50' | 'p90' | 'p95' | 'p99';
  /**
   * How many times the usual spending is an anomaly, for `spend-anomaly`.
   */
  readonly factor?: number;
  /**
   * The budget, for `budget-used` and `forecast`.
   */
  readonly budget?: string;
  /**
   * How far ahead `forecast` looks.
   */
  readonly within?: string;
}
/**
 * What is measured; an empty or absent list means everything.
 */
export interface AlertScope {
  /**
   * Environments in which the alert is active.
   */
  readonly environments?: readonly string[];
  /**
   * Routes; globs with `*`.
   */
  readonly routes?: readonly string[];
  /**
   * Providers that served.
   */
  readonly providers?: readonly string[];
  /**
   * Consumers; globs with `*`.
   */
  readonly consumers?: readonly string[];
}
/**
 * A limit on cost, tokens, requests or concurrency in a window of time.
 */
export interface BudgetDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Budget` under this schema.
   */
  readonly kind: 'Budget';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: BudgetSpec;
}
/**
 * What counts, how much of it, and what happens then.
 */
export interface BudgetSpec {
  readonly scope?: BudgetScope;
  /**
   * Splits the counter, one for each value: `consumer`, `route`, `model`, `provider`, `label.<name>` or `metadata.<name>`.
   */
  readonly per?: readonly string[];
  readonly limit: BudgetLimit;
  readonly window: BudgetWindow;
  /**
   * Shares of the limit at which an event is raised.
   *
   * Items: A share: a decimal number and a percent sign.
   */
  readonly alertAt?: readonly string[];
  readonly onExhausted?: OnExhausted;
  /**
   * What happens when the counter cannot be read: `closed` refuses, `open` lets through, `last-known` decides by the last value seen.
   */
  readonly failMode?: 'closed' | 'open' | 'last-known';
  /**
   * What happens when a model that can serve has no price: `hold` charges what was held, `deny` refuses.
   */
  readonly unpriced?: 'hold' | 'deny';
  /**
   * How long a hold lasts that nobody settles.
   */
  readonly lease?: string;
  /**
   * Whether such a hold is charged (`settle`) or given back (`release`); a place under `limit.concurrency` is always given back.
   */
  readonly onLeaseExpiry?: 'settle' | 'release';
}
/**
 * The requests that count; empty means all. Several consumers share one counter unless `per` splits it.
 */
export interface BudgetScope {
  /**
   * Names of consumers; globs with `*`.
   */
  readonly consumers?: readonly string[];
  /**
   * Labels of the consumer.
   */
  readonly labels?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Names of routes; globs with `*`.
   */
  readonly routes?: readonly string[];
  /**
   * Models that serve; globs with `*`.
   */
  readonly models?: readonly string[];
  /**
   * Providers that serve; globs with `*`.
   */
  readonly providers?: readonly string[];
  /**
   * Metadata of the request.
   */
  readonly metadata?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
}
/**
 * The limit: exactly one unit.
 */
export interface BudgetLimit {
  /**
   * Money spent at providers.
   */
  readonly cost?: string;
  /**
   * Input and output tokens together.
   */
  readonly tokens?: number;
  /**
   * Input tokens.
   */
  readonly inputTokens?: number;
  /**
   * Output tokens.
   */
  readonly outputTokens?: number;
  /**
   * Requests.
   */
  readonly requests?: number;
  /**
   * Requests at the same time, whatever the window.
   */
  readonly concurrency?: number;
}
/**
 * The time in which it counts: a calendar period, or a rolling span that ends now.
 */
export interface BudgetWindow {
  /**
   * Calendar period; it begins at local midnight, a week on Monday.
   */
  readonly every?: 'hour' | 'day' | 'week' | 'month' | 'quarter';
  /**
   * Time zone of the period; that of the project where absent.
   */
  readonly timezone?: string;
  /**
   * Length of the rolling span.
   */
  readonly rolling?: string;
}
/**
 * Answers that are given again.
 */
export interface CacheDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Cache` under this schema.
   */
  readonly kind: 'Cache';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: CacheSpec;
}
/**
 * How answers are found, how long they live and who shares them.
 */
export interface CacheSpec {
  /**
   * `exact` compares the whole request, `semantic` its meaning, `off` switches the cache off.
   */
  readonly mode: 'exact' | 'semantic' | 'off';
  /**
   * How long an answer lives; jitter only shortens it, by at most a tenth.
   */
  readonly ttl?: string;
  /**
   * What keeps answers apart: `consumer`, `route`, `label.<name>`, `metadata.<name>`, `header.<name>`.
   */
  readonly partition?: readonly string[];
  /**
   * Shares answers across consumers; the only way to do so. Null does not share.
   */
  readonly share?: CacheShare | null;
  /**
   * A request with a higher temperature is not cached; an absent temperature counts as 1.
   */
  readonly maxTemperature?: number;
  readonly neverWhen?: CacheExclusions;
  /**
   * How long after its end an answer is still given while a new one is fetched.
   */
  readonly staleWhileRevalidate?: string;
  /**
   * How long after its end an answer is given when every target fails.
   */
  readonly staleIfError?: string;
  /**
   * Answers larger than this are not kept.
   */
  readonly maxEntrySize?: string;
  /**
   * Whether answers that call tools are kept: the same call is then made again for every hit.
   */
  readonly keepToolCalls?: boolean;
  /**
   * How a kept answer is streamed: `instant` in one go, `paced` at the speed it first came.
   */
  readonly streamReplay?: 'instant' | 'paced';
  readonly semantic?: SemanticCache;
}
export interface CacheShare {
  /**
   * Whose answers are shared.
   */
  readonly across: 'all';
  /**
   * Why that is safe.
   */
  readonly reason: string;
  /**
   * Who approved it.
   */
  readonly approvedBy: string;
}
/**
 * Requests that are never cached: any condition that holds excludes.
 */
export interface CacheExclusions {
  /**
   * Metadata of the request.
   */
  readonly metadata?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Request headers.
   */
  readonly headers?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Labels of the consumer.
   */
  readonly labels?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Requested models; globs with `*`.
   */
  readonly models?: readonly string[];
  /**
   * Whether requests with tools are excluded.
   */
  readonly hasTools?: boolean;
  /**
   * Whether requests with images are excluded.
   */
  readonly hasImages?: boolean;
  /**
   * Whether streamed requests are excluded.
   */
  readonly stream?: boolean;
}
/**
 * How meaning is compared; only under `mode: semantic`.
 */
export interface SemanticCache {
  /**
   * The embedding model: a model of the catalogue, or `local/en`, which works offline and knows English only.
   */
  readonly embedder: string;
  /**
   * The chain that embeddings go along, with its budgets and fallbacks; null sends the model straight to its provider.
   */
  readonly chain?: string | null;
  /**
   * Least similarity of two questions, 0 to 1.
   */
  readonly threshold?: number;
  /**
   * What must agree besides.
   */
  readonly verify?: readonly ('numbers' | 'negation' | 'names' | 'units' | 'language')[];
  /**
   * Whether hits are only counted, not given.
   */
  readonly shadow?: boolean;
}
/**
 * Targets that can answer, and how to go from one to the next.
 */
export interface ChainDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Chain` under this schema.
   */
  readonly kind: 'Chain';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: ChainSpec;
}
/**
 * Strategy, limits and targets.
 */
export interface ChainSpec {
  /**
   * How the first target is chosen: `fallback` in order, `weighted` by weight, `latency` the fastest lately, `cost` the cheapest, `least-busy` the one with the fewest calls in flight. The others follow as fallbacks.
   */
  readonly strategy?: 'fallback' | 'weighted' | 'latency' | 'cost' | 'least-busy';
  /**
   * What keeps its target across requests while that target is well.
   */
  readonly sticky?: 'none' | 'session' | 'consumer';
  /**
   * Time for the whole request, all attempts and waits together.
   */
  readonly deadline?: string;
  /**
   * Calls upstream for one request, retries and fallbacks together.
   */
  readonly maxAttempts?: number;
  /**
   * The failures after which the next target is tried. `content-filter` and `invalid-request` end a request unless named.
   */
  readonly fallbackOn?: readonly (
    | 'rate-limit'
    | 'server-error'
    | 'timeout'
    | 'network'
    | 'auth'
    | 'malformed'
    | 'context-overflow'
    | 'stream-error'
    | 'content-filter'
    | 'invalid-request'
  )[];
  /**
   * Whether a fallback may be more than one tier below the first target. It stops no fallback: without it lint warns (`fallback/tier-downgrade`), and with or without it an answer of a lower tier carries `x-signalbox-degraded`.
   */
  readonly allowDowngrade?: boolean;
  /**
   * The dearest target allowed: price of a million input tokens plus a million output tokens. Dearer targets are skipped.
   */
  readonly maxPrice?: string | null;
  readonly defaults?: ChainDefaults;
  /**
   * What can answer, in order.
   *
   * @minItems 1
   */
  readonly targets: readonly ChainTarget[];
}
/**
 * For all targets that do not say otherwise.
 */
export interface ChainDefaults {
  /**
   * Timeouts of each attempt.
   */
  readonly timeouts?: Timeouts;
  /**
   * Repeating an attempt on the same target.
   */
  readonly retry?: Retry;
  /**
   * The circuit breaker of each target.
   */
  readonly breaker?: Breaker;
}
/**
 * One target: a `model`, the requested model at a `provider`, or another `chain`.
 */
export interface ChainTarget {
  /**
   * Name of the target within the chain; breakers, counters and records know it as `chain/id`, so keep it.
   */
  readonly id: string;
  /**
   * Catalogue name of the model.
   */
  readonly model?: string;
  /**
   * Sends the requested model to this provider.
   */
  readonly provider?: string;
  /**
   * Another chain, tried as a whole.
   */
  readonly chain?: string;
  /**
   * Share of the requests in percent; only under `strategy: weighted`, where the weights sum to 100.
   */
  readonly weight?: number;
  /**
   * Request parameters set for this target.
   */
  readonly params?: {readonly [k: string]: unknown};
  /**
   * Timeouts of each attempt.
   */
  readonly timeouts?: Timeouts;
  /**
   * Repeating an attempt on the same target.
   */
  readonly retry?: Retry;
  /**
   * The circuit breaker of each target.
   */
  readonly breaker?: Breaker;
}
/**
 * A team or application: its keys and what it may use.
 */
export interface ConsumerDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Consumer` under this schema.
   */
  readonly kind: 'Consumer';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: ConsumerSpec;
}
/**
 * Keys, permissions and where its spending counts.
 */
export interface ConsumerSpec {
  /**
   * Keys, as digests; `signalbox keys create` makes one and prints it once.
   */
  readonly keys?: readonly ConsumerKey[];
  readonly allow?: Allow;
  readonly deny?: DenyList;
  /**
   * Names of the consumer's own for models: looked up before the catalogue's aliases, after the catalogue's names. Consumers below it have them too, unless they say otherwise.
   */
  readonly aliases?: {
    /**
     * A model as the catalogue names it, an alias of the catalogue, or another of these names.
     */
    readonly [k: string]: string;
  };
  /**
   * Addresses from which the keys may be used; absent means all.
   *
   * @minItems 1
   *
   * Items: An IP address or a network in CIDR notation, IPv4 or IPv6.
   */
  readonly ipAllow?: readonly string[];
  /**
   * Requires every request to be signed with a shared secret; null does not.
   */
  readonly signing?: Signing | null;
  /**
   * Another consumer: what this one spends counts there too.
   */
  readonly parent?: string | null;
}
/**
 * One key.
 */
export interface ConsumerKey {
  /**
   * Name of the key in records and findings.
   */
  readonly id: string;
  /**
   * Digest of the whole key, `sbx_` included.
   */
  readonly sha256: string;
  /**
   * The day it was made; lint asks for a new one after 90 days.
   */
  readonly createdAt?: string;
  /**
   * The day it ends, at 00:00 UTC.
   */
  readonly expiresAt?: string;
  /**
   * Who or what holds the key.
   */
  readonly note?: string;
  /**
   * Environments in which the key is known; everywhere when absent. `signalbox keys create NAME --for production` writes it, and lint asks that production shares no key.
   *
   * @minItems 1
   */
  readonly environments?: readonly string[];
}
/**
 * What the consumer may use; an absent list means everything.
 */
export interface Allow {
  /**
   * Models, as sent or as the catalogue names them; globs with `*`. Holds for requested models and for targets.
   */
  readonly models?: readonly string[];
  /**
   * Endpoints.
   */
  readonly endpoints?: readonly (
    | 'chat'
    | 'responses'
    | 'messages'
    | 'generate'
    | 'completions'
    | 'embeddings'
    | 'images'
    | 'audio'
    | 'moderations'
    | 'rerank'
    | 'mcp'
  )[];
  /**
   * Routes; globs with `*`.
   */
  readonly routes?: readonly string[];
}
/**
 * What the consumer may not use although it is allowed.
 */
export interface DenyList {
  /**
   * Models; globs with `*`.
   */
  readonly models?: readonly string[];
  /**
   * Endpoints.
   */
  readonly endpoints?: readonly (
    | 'chat'
    | 'responses'
    | 'messages'
    | 'generate'
    | 'completions'
    | 'embeddings'
    | 'images'
    | 'audio'
    | 'moderations'
    | 'rerank'
    | 'mcp'
  )[];
  /**
   * Routes; globs with `*`.
   */
  readonly routes?: readonly string[];
}
export interface Signing {
  /**
   * The shared secret.
   */
  readonly secret: SecretRef;
  /**
   * How far the timestamp of a signature may be off.
   */
  readonly window?: string;
}
/**
 * A scripted incident, played on recorded traffic.
 */
export interface DrillDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Drill` under this schema.
   */
  readonly kind: 'Drill';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: DrillSpec;
}
/**
 * What breaks, and what must hold meanwhile.
 */
export interface DrillSpec {
  /**
   * What happens.
   *
   * @minItems 1
   */
  readonly incident: readonly Incident[];
  readonly gates?: DrillGates;
}
/**
 * One trouble: where, when and of what kind.
 */
export interface Incident {
  /**
   * The provider in trouble.
   */
  readonly provider?: string;
  /**
   * The model in trouble.
   */
  readonly model?: string;
  /**
   * When it begins on each recorded day, in the project's time zone.
   */
  readonly from?: string;
  /**
   * How long it lasts.
   */
  readonly for?: string;
  /**
   * What every affected attempt ends in, or `slow`, `price`.
   */
  readonly outcome:
    'rate-limit' | 'server-error' | 'timeout' | 'network' | 'auth' | 'malformed' | 'stream-error' | 'slow' | 'price';
  /**
   * Share of the attempts that are affected.
   */
  readonly share?: string;
  /**
   * Added to each affected attempt; with `outcome: slow`.
   */
  readonly delay?: string;
  /**
   * What prices are multiplied by; with `outcome: price`.
   */
  readonly factor?: number;
  /**
   * What the provider asks to wait; with `outcome: rate-limit`.
   */
  readonly retryAfter?: string;
}
/**
 * What must hold, or the drill fails.
 */
export interface DrillGates {
  /**
   * Least share of requests answered.
   */
  readonly availability?: string;
  /**
   * Most that cost may rise.
   */
  readonly costIncrease?: string;
  /**
   * Longest p99 latency.
   */
  readonly latencyP99?: string;
  /**
   * Largest share of answers by fallbacks.
   */
  readonly fallbackShare?: string;
}
/**
 * What is different in one environment: ordered operations on the documents that all environments share.
 */
export interface EnvironmentDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Environment` under this schema.
   */
  readonly kind: 'Environment';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: EnvironmentSpec;
}
/**
 * Operations and what they may not touch.
 */
export interface EnvironmentSpec {
  /**
   * Operations, applied in order; each must hit exactly one node.
   */
  readonly overrides?: readonly Override[];
  /**
   * Documents, as `Kind/name`, that no operation of this environment may touch.
   */
  readonly lock?: readonly string[];
}
/**
 * One operation: exactly one of `set`, `remove`, `insertBefore`, `insertAfter`, `replaceItem`.
 */
export interface Override {
  /**
   * The document, as `Kind/name`.
   */
  readonly target: string;
  /**
   * The node, dotted from `spec`; `[id]` picks a list item by its `id` or `name`.
   */
  readonly path: string;
  /**
   * The value the node gets.
   */
  readonly set?: unknown;
  /**
   * Removes the node; always `true`.
   */
  readonly remove?: true;
  /**
   * Inserts `value` into the list before the item with this id.
   */
  readonly insertBefore?: string;
  /**
   * Inserts `value` into the list after the item with this id.
   */
  readonly insertAfter?: string;
  /**
   * Replaces the item with this id by `value`.
   */
  readonly replaceItem?: string;
  /**
   * The list item that an insertion or replacement puts in place.
   */
  readonly value?: unknown;
}
/**
 * Checks on what goes in and what comes out.
 */
export interface GuardrailDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Guardrail` under this schema.
   */
  readonly kind: 'Guardrail';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: GuardrailSpec;
}
/**
 * Where the checks run, and the checks.
 */
export interface GuardrailSpec {
  /**
   * Whether requests, answers or both are checked.
   *
   * @minItems 1
   */
  readonly stage?: readonly ('input' | 'output')[];
  /**
   * How streamed answers are checked: in a `window` that moves along, or as a whole after a `buffer`.
   */
  readonly stream?: 'window' | 'buffer';
  /**
   * The checks, in order.
   *
   * @minItems 1
   */
  readonly checks: readonly GuardrailCheck[];
}
/**
 * One check and what follows from it.
 */
export interface GuardrailCheck {
  /**
   * Name of the check within the guardrail; the answer to a blocked request names it.
   */
  readonly id: string;
  /**
   * What is looked for.
   */
  readonly check:
    | 'aba-routing-number'
    | 'auth-header'
    | 'azure-content-safety'
    | 'bedrock-guardrail'
    | 'bank-account'
    | 'base64-blob'
    | 'bidi-controls'
    | 'code'
    | 'credential-assignment'
    | 'credit-card'
    | 'crypto-wallet'
    | 'date-of-birth'
    | 'deny-words'
    | 'driving-licence'
    | 'email-address'
    | 'endpoint-list'
    | 'forbidden-phrases'
    | 'geo-coordinates'
    | 'iban'
    | 'imei'
    | 'invisible-characters'
    | 'ip-address'
    | 'jailbreak'
    | 'jp-corporate-number'
    | 'json-schema'
    | 'json-valid'
    | 'jwt-check'
    | 'jwt-token'
    | 'language'
    | 'length'
    | 'mac-address'
    | 'markdown-images'
    | 'markdown-links'
    | 'metadata-required'
    | 'model-judge'
    | 'model-list'
    | 'moderation'
    | 'my-number'
    | 'national-id'
    | 'passport-number'
    | 'pattern'
    | 'personal-name'
    | 'phone-number'
    | 'postal-address'
    | 'private-key'
    | 'prompt-injection'
    | 'request-size'
    | 'required-phrases'
    | 'secret-entropy'
    | 'secret-key'
    | 'sentence-count'
    | 'sql'
    | 'swift-bic'
    | 'system-prompt-leak'
    | 'tool-arguments'
    | 'tool-list'
    | 'uk-nhs-number'
    | 'uk-nino'
    | 'url-credentials'
    | 'url-list'
    | 'us-itin'
    | 'us-mbi'
    | 'us-npi'
    | 'us-ssn'
    | 'vehicle-number'
    | 'webhook'
    | 'word-count';
  /**
   * What happens to a finding: `block` refuses, `mask` replaces it, `flag` notes it in the record.
   */
  readonly action: 'block' | 'mask' | 'flag';
  /**
   * Countries whose forms are known, as two-letter codes.
   *
   * @minItems 1
   */
  readonly regions?: readonly string[];
  /**
   * Whether what was masked on the way in is put back into the answer; only with `action: mask`.
   */
  readonly restore?: boolean;
  /**
   * Words and phrases, compared without regard to case or width.
   *
   * @minItems 1
   */
  readonly words?: readonly string[];
  /**
   * A regular expression in RE2 syntax; for `tool-arguments` what may not be in any text of them.
   */
  readonly pattern?: string;
  /**
   * The JSON Schema (2020-12) that an answer, or the arguments of a tool, must meet.
   */
  readonly schema?: {readonly [k: string]: unknown};
  /**
   * What may be there, as globs with `*`: hosts for links, names for tools, models and endpoints.
   */
  readonly allow?: readonly string[];
  /**
   * What may not be there, as globs with `*`: hosts for links, names for tools, models and endpoints.
   */
  readonly deny?: readonly string[];
  /**
   * Tools whose arguments are checked; globs with `*`.
   *
   * @minItems 1
   */
  readonly tools?: readonly string[];
  /**
   * The model that judges.
   */
  readonly model?: string;
  /**
   * Categories that count.
   *
   * @minItems 1
   */
  readonly categories?: readonly string[];
  /**
   * Least score that counts, 0 to 1; `code`: the least share of lines, `system-prompt-leak`: of the instructions.
   */
  readonly threshold?: number;
  /**
   * The service that judges; for `jwt-check` the set of keys (JWKS).
   */
  readonly url?: string;
  /**
   * Signs the call to the service.
   */
  readonly secret?: SecretRef;
  /**
   * Id or ARN of the guardrail at AWS.
   */
  readonly guardrailId?: string;
  /**
   * Its version: a number, or `DRAFT`.
   */
  readonly guardrailVersion?: string;
  /**
   * The provider of kind Bedrock whose address and login the call uses.
   */
  readonly provider?: string;
  /**
   * How long the judgement may take.
   */
  readonly timeout?: string;
  /**
   * What becomes of the request when no judgement comes: it is refused, marked, or goes on. The verdict never counts as a pass.
   */
  readonly onError?: 'block' | 'flag' | 'pass';
  /**
   * Phrases, compared without regard to case, width, punctuation or white space.
   *
   * @minItems 1
   */
  readonly phrases?: readonly string[];
  /**
   * Languages that may be written, as two-letter codes.
   *
   * @minItems 1
   */
  readonly languages?: readonly string[];
  /**
   * Names of metadata that a request must carry.
   *
   * @minItems 1
   */
  readonly keys?: readonly string[];
  /**
   * Least that is fine: characters, words or sentences; for `base64-blob` the length from which a blob counts.
   */
  readonly min?: number;
  /**
   * Most that is fine: characters, words, sentences, or bytes of a request.
   */
  readonly max?: number;
  /**
   * Whether JSON inside a fence or among words is taken out of it; only on answers, with `action: mask`.
   */
  readonly repair?: boolean;
  /**
   * Lower-case name of the request header that holds the token.
   */
  readonly header?: string;
  /**
   * The `iss` that a token must have.
   */
  readonly issuer?: string;
  /**
   * The `aud` of which a token must have one.
   *
   * @minItems 1
   */
  readonly audience?: readonly string[];
}
/**
 * A property that must hold for every request; lint looks for a counterexample.
 */
export interface InvariantDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Invariant` under this schema.
   */
  readonly kind: 'Invariant';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: InvariantSpec;
}
/**
 * For which requests, and what never or always happens to them.
 */
export interface InvariantSpec {
  readonly forAll?: InvariantScope;
  readonly never?: InvariantNever;
  readonly always?: InvariantAlways;
}
/**
 * The requests, by the same fields as `match`; empty means all.
 */
export interface InvariantScope {
  /**
   * Names of consumers; globs with `*`.
   *
   * @minItems 1
   */
  readonly consumers?: readonly string[];
  /**
   * Labels of the consumer: each key with the values it may have.
   */
  readonly labels?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * What is called, whatever the dialect.
   *
   * @minItems 1
   */
  readonly endpoints?: readonly (
    | 'chat'
    | 'responses'
    | 'messages'
    | 'generate'
    | 'completions'
    | 'embeddings'
    | 'images'
    | 'audio'
    | 'moderations'
    | 'rerank'
    | 'mcp'
  )[];
  /**
   * Request paths; naming one offers it.
   *
   * @minItems 1
   */
  readonly paths?: readonly string[];
  /**
   * Requested models, as sent or as the catalogue names them; globs with `*`.
   *
   * @minItems 1
   */
  readonly models?: readonly string[];
  /**
   * Metadata of the request: each key with the values it may have.
   */
  readonly metadata?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Request headers: each name with the values it may have.
   */
  readonly headers?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Names of routes; globs with `*`.
   *
   * @minItems 1
   */
  readonly routes?: readonly string[];
  /**
   * Tags of the route; any of them.
   *
   * @minItems 1
   */
  readonly tags?: readonly string[];
}
/**
 * What must not happen to any of them.
 */
export interface InvariantNever {
  /**
   * The target that is tried.
   */
  readonly target?: {
    /**
     * Its provider: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly provider?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Its model: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly model?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * The chain it belongs to: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly chain?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * The region of its provider: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly region?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Its tier: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly tier?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Whether its provider trains on requests.
     */
    readonly trainsOnData?: boolean;
  };
  /**
   * Whether the answer may come from a cache.
   */
  readonly cached?: boolean;
  /**
   * Whether the request is allowed.
   */
  readonly allowed?: boolean;
}
/**
 * What must hold for each of them.
 */
export interface InvariantAlways {
  /**
   * The target that is tried.
   */
  readonly target?: {
    /**
     * Its provider: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly provider?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Its model: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly model?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * The chain it belongs to: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly chain?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * The region of its provider: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly region?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Its tier: a list of values, or `{not: [...]}`; globs with `*`.
     *
     * @minItems 1
     */
    readonly tier?:
      | readonly string[]
      | {
          /**
           * Everything but these values.
           *
           * @minItems 1
           */
          readonly not: readonly string[];
        };
    /**
     * Whether its provider trains on requests.
     */
    readonly trainsOnData?: boolean;
  };
  /**
   * Whether the answer may come from a cache.
   */
  readonly cached?: boolean;
  /**
   * Whether the request is allowed.
   */
  readonly allowed?: boolean;
}
/**
 * Tools offered over the Model Context Protocol, behind the same consumers, budgets and guardrails.
 */
export interface McpServerDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `McpServer` under this schema.
   */
  readonly kind: 'McpServer';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: McpServerSpec;
}
/**
 * Who may use the tools and where they come from: `rest` calls or an `upstream` server.
 */
export interface McpServerSpec {
  readonly access?: McpAccess;
  /**
   * Guardrails for arguments and results.
   */
  readonly guardrails?: readonly string[];
  /**
   * Tools made of REST calls.
   */
  readonly rest?: McpRest | null;
  /**
   * Another MCP server whose tools are passed on.
   */
  readonly upstream?: McpUpstream | null;
}
/**
 * Who may use the tools; absent means every consumer.
 */
export interface McpAccess {
  /**
   * Names of consumers; globs with `*`.
   */
  readonly consumers?: readonly string[];
  /**
   * Labels of the consumer.
   */
  readonly labels?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
}
export interface McpRest {
  /**
   * Address that the paths are appended to.
   */
  readonly baseUrl: string;
  /**
   * How the calls are authenticated.
   */
  readonly auth?: Auth;
  /**
   * Headers of every call.
   */
  readonly headers?: {
    /**
     * Plain text, or a reference to a secret.
     */
    readonly [k: string]: TextOrSecret;
  };
  /**
   * The tools.
   *
   * @minItems 1
   */
  readonly tools: readonly McpTool[];
}
/**
 * One tool and the call it makes.
 */
export interface McpTool {
  /**
   * Name of the tool.
   */
  readonly name: string;
  /**
   * What the tool does, for the model that may call it.
   */
  readonly description: string;
  /**
   * The arguments.
   */
  readonly args?: readonly McpArgument[];
  readonly request: McpRequest;
  readonly response?: McpResponse;
  /**
   * How long the call may take.
   */
  readonly timeout?: string;
  /**
   * What one call counts in budgets.
   */
  readonly cost?: string;
}
/**
 * One argument and its place in the call.
 */
export interface McpArgument {
  /**
   * Name of the argument.
   */
  readonly name: string;
  /**
   * Its JSON type.
   */
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  /**
   * Where it goes in the call.
   */
  readonly in: 'path' | 'query' | 'header' | 'body';
  /**
   * Whether it must be given.
   */
  readonly required?: boolean;
  /**
   * What it means, for the model.
   */
  readonly description?: string;
  /**
   * The values it may have.
   *
   * @minItems 1
   */
  readonly enum?: readonly (string | number | boolean)[];
}
/**
 * The call.
 */
export interface McpRequest {
  /**
   * HTTP method.
   */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Path, with `{argument}` where an argument goes.
   */
  readonly url: string;
  /**
   * Further headers.
   */
  readonly headers?: {
    /**
     * Plain text, or a reference to a secret.
     */
    readonly [k: string]: TextOrSecret;
  };
}
/**
 * How the answer is given to the model.
 */
export interface McpResponse {
  /**
   * Text with `{field}` where a field of the answer goes; null gives the answer as it is.
   */
  readonly template?: string | null;
  /**
   * A longer answer is cut, and says so.
   */
  readonly maxSize?: string;
}
export interface McpUpstream {
  /**
   * Its address.
   */
  readonly url: string;
  /**
   * Digest of the tool descriptions as they were reviewed; others are refused.
   */
  readonly pin?: string;
  /**
   * How the calls are authenticated.
   */
  readonly auth?: Auth;
  /**
   * The tools that are passed on; globs with `*`.
   */
  readonly allow?: readonly string[];
}
/**
 * A model of a provider. Overrides the built-in entry of the same name field by field, or adds a new one.
 */
export interface ModelDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Model` under this schema.
   */
  readonly kind: 'Model';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: ModelSpec;
}
/**
 * What the model can do and what it costs.
 */
export interface ModelSpec {
  /**
   * The provider that serves the model. Needed unless a built-in entry has it.
   */
  readonly provider?: string;
  /**
   * The name under which the provider knows the model; by default what follows the first `/` of the document's name.
   */
  readonly upstreamName?: string;
  /**
   * Further names under which clients may ask for the model; each belongs to one model only.
   */
  readonly aliases?: readonly string[];
  /**
   * Quality tier: a name, or a number for finer steps (small is 1, standard 2, frontier 3). Lint warns of a fallback more than one tier lower, unless the chain says `allowDowngrade`.
   */
  readonly tier?: ('small' | 'standard' | 'frontier') | number;
  /**
   * Tokens that input and output may have together.
   */
  readonly contextWindow?: number;
  /**
   * Tokens the model can answer with at most.
   */
  readonly maxOutput?: number;
  /**
   * What the model can do.
   */
  readonly capabilities?: readonly (
    | 'tools'
    | 'parallel-tools'
    | 'vision'
    | 'audio-input'
    | 'audio-output'
    | 'documents'
    | 'json-mode'
    | 'json-schema'
    | 'reasoning'
    | 'streaming'
    | 'system'
    | 'prompt-cache'
    | 'embeddings'
    | 'images'
    | 'moderation'
    | 'rerank'
  )[];
  /**
   * The day the provider switches the model off; lint warns 60 days before.
   */
  readonly retiresAt?: string | null;
  /**
   * Length of the vector an embedding model returns.
   */
  readonly dimensions?: number;
  /**
   * What the model costs, a row for each change of price. Token classes are disjoint: a cached input token is not also an input token. Before the first row's `from`, the first row holds.
   */
  readonly prices?: readonly PriceRow[];
}
/**
 * The prices that hold from a day on.
 */
export interface PriceRow {
  /**
   * The first day on which these prices hold.
   */
  readonly from: string;
  /**
   * USD per million input tokens that were neither read from nor written to a prompt cache.
   */
  readonly input?: string;
  /**
   * USD per million input tokens read from the prompt cache; `input` where absent.
   */
  readonly cacheRead?: string;
  /**
   * USD per million input tokens written to the prompt cache for minutes; `input` where absent.
   */
  readonly cacheWrite?: string;
  /**
   * USD per million input tokens written to the prompt cache for an hour; `cacheWrite` where absent.
   */
  readonly cacheWrite1h?: string;
  /**
   * USD per million output tokens.
   */
  readonly output?: string;
  /**
   * USD per million reasoning tokens; `output` where absent.
   */
  readonly reasoning?: string;
  /**
   * USD per million audio input tokens; `input` where absent.
   */
  readonly audioInput?: string;
  /**
   * USD per million audio output tokens; `output` where absent.
   */
  readonly audioOutput?: string;
  /**
   * USD per image made.
   */
  readonly image?: string;
  /**
   * USD per call, beside the tokens.
   */
  readonly request?: string;
  /**
   * The prices of longer prompts, for providers that charge them more: the row with the highest `aboveInputTokens` that the request's input tokens of all classes exceed sets the prices of the whole request. A class that it does not name keeps the price above.
   *
   * @minItems 1
   */
  readonly tiers?: readonly PriceTier[];
  /**
   * Where the prices were read.
   */
  readonly source?: string;
  /**
   * The day they were read; lint warns when that is long ago.
   */
  readonly readAt?: string;
}
/**
 * The prices of a request with more input tokens than this.
 */
export interface PriceTier {
  /**
   * The row holds for requests with more input tokens than this, cached and audio ones included.
   */
  readonly aboveInputTokens: number;
  /**
   * USD per million fresh input tokens of a longer prompt.
   */
  readonly input?: string;
  /**
   * USD per million input tokens read from the prompt cache of a longer prompt.
   */
  readonly cacheRead?: string;
  /**
   * USD per million input tokens written to the prompt cache for minutes of a longer prompt.
   */
  readonly cacheWrite?: string;
  /**
   * USD per million input tokens written to the prompt cache for an hour of a longer prompt.
   */
  readonly cacheWrite1h?: string;
  /**
   * USD per million output tokens of a longer prompt.
   */
  readonly output?: string;
  /**
   * USD per million reasoning tokens of a longer prompt.
   */
  readonly reasoning?: string;
  /**
   * USD per million audio input tokens of a longer prompt.
   */
  readonly audioInput?: string;
  /**
   * USD per million audio output tokens of a longer prompt.
   */
  readonly audioOutput?: string;
}
/**
 * Settings of the whole policy tree; exactly one per tree.
 */
export interface ProjectDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Project` under this schema.
   */
  readonly kind: 'Project';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: ProjectSpec;
}
/**
 * Runtime range, compatibility, recording, telemetry, mail and gates.
 */
export interface ProjectSpec {
  /**
   * The gateway versions these policies are written for, as a semantic version range.
   */
  readonly requires?: string;
  /**
   * The lint ruleset that applies, by its month; newer rules wait until this is raised.
   */
  readonly ruleset?: string;
  readonly lint?: LintOptions;
  /**
   * Time zone of calendar windows and schedules that name none.
   */
  readonly timezone?: string;
  readonly compatibility?: Compatibility;
  /**
   * The consumer that requests without a consumer key count as; null refuses them.
   */
  readonly anonymous?: string | null;
  /**
   * Proxies and load balancers in front of the gateway: where a call comes from one of them, `x-forwarded-for` says from where, read from the right past all of them. From anywhere else the header counts for nothing. Name the proxies alone, not a network that callers are in.
   *
   * Items: An IP address or a network in CIDR notation, IPv4 or IPv6.
   */
  readonly trustedProxies?: readonly string[];
  /**
   * Names that may lead to loopback and into private networks: exact, or `*.corp.example` for all below. Needed for names that look public; `localhost`, names without a dot, and names under `.internal`, `.local`, `.lan`, `.home.arpa` and `.svc` need no mention, and an address names itself. No name leads to the machine's own link or to a metadata service.
   */
  readonly privateHosts?: readonly string[];
  readonly recording?: Recording;
  readonly telemetry?: Telemetry;
  readonly mail?: Mail;
  /**
   * Secret stores by the name under which `{ store: NAME, key: … }` refers to them.
   */
  readonly secretStores?: {
    /**
     * A place that keeps secrets and gives them to the gateway while it runs.
     */
    readonly [k: string]: SecretStore;
  };
  /**
   * Where people reach this gateway: for links in mails and other notices.
   */
  readonly publicUrl?: string;
  /**
   * Planned work: alerts that begin to hold then are told when it is over, if they still hold.
   */
  readonly maintenance?: readonly Maintenance[];
  readonly gates?: Gates;
  readonly defaults?: Defaults;
  readonly onStale?: OnStale;
}
/**
 * Thresholds of lint rules, by the rule's id; what is not set stays as the rule's page says.
 */
export interface LintOptions {
  readonly 'budget/oversubscribed'?: LintBudgetOversubscribed;
  readonly 'cache/threshold-low'?: LintCacheThresholdLow;
  readonly 'cache/ttl-too-long'?: LintCacheTtlTooLong;
  readonly 'fallback/cost-jump'?: LintFallbackCostJump;
  readonly 'fallback/tier-downgrade'?: LintFallbackTierDowngrade;
  readonly 'key/rotation-overdue'?: LintKeyRotationOverdue;
  readonly 'model/deprecated'?: LintModelDeprecated;
  readonly 'price/stale'?: LintPriceStale;
  readonly 'retry/amplification'?: LintRetryAmplification;
  readonly 'split/canary-forgotten'?: LintSplitCanaryForgotten;
}
/**
 * Options of `budget/oversubscribed`.
 */
export interface LintBudgetOversubscribed {
  /**
   * How many times a limit its children's soft limits may add up to.
   */
  readonly factor?: number;
}
/**
 * Options of `cache/threshold-low`.
 */
export interface LintCacheThresholdLow {
  /**
   * The lowest similarity at which a semantic cache may answer.
   */
  readonly floor?: number;
}
/**
 * Options of `cache/ttl-too-long`.
 */
export interface LintCacheTtlTooLong {
  /**
   * How long a cache may keep answers.
   */
  readonly ttl?: string;
  /**
   * The same for routes with the tag `fresh`.
   */
  readonly freshTtl?: string;
}
/**
 * Options of `fallback/cost-jump`.
 */
export interface LintFallbackCostJump {
  /**
   * How many times the price of the first target a fallback may cost.
   */
  readonly factor?: number;
}
/**
 * Options of `fallback/tier-downgrade`.
 */
export interface LintFallbackTierDowngrade {
  /**
   * How many tiers a fallback may be below the first target.
   */
  readonly tiers?: number;
}
/**
 * Options of `key/rotation-overdue`.
 */
export interface LintKeyRotationOverdue {
  /**
   * How old a consumer key may be.
   */
  readonly age?: string;
}
/**
 * Options of `model/deprecated`.
 */
export interface LintModelDeprecated {
  /**
   * How long before its last day a model is told of.
   */
  readonly notice?: string;
}
/**
 * Options of `price/stale`.
 */
export interface LintPriceStale {
  /**
   * How long ago prices may have been read.
   */
  readonly age?: string;
}
/**
 * Options of `retry/amplification`.
 */
export interface LintRetryAmplification {
  /**
   * How many upstream calls one request may make.
   */
  readonly calls?: number;
}
/**
 * Options of `split/canary-forgotten`.
 */
export interface LintSplitCanaryForgotten {
  /**
   * Weights below it are experiments.
   */
  readonly weight?: number;
  /**
   * How long an experiment may last.
   */
  readonly age?: string;
}
/**
 * Headers of other gateways that are obeyed. Off unless switched on, normally in development only.
 */
export interface Compatibility {
  /**
   * Whether `x-portkey-*` headers are obeyed; otherwise a request with one is refused.
   */
  readonly portkeyHeaders?: boolean;
  /**
   * Whether `cf-aig-*` headers and the universal endpoint are obeyed; otherwise a request with one is refused.
   */
  readonly cloudflareHeaders?: boolean;
  /**
   * Hosts that a custom host may name, compared exactly after URL normalisation.
   */
  readonly allowedHosts?: readonly string[];
}
/**
 * Decision records: what the gateway writes down about each request.
 */
export interface Recording {
  /**
   * Share of requests recorded; errors, fallbacks and denials always are.
   */
  readonly sample?: string;
  /**
   * How long records are kept.
   */
  readonly retain?: string;
  /**
   * Size at which a new file is begun.
   */
  readonly maxFileSize?: string;
  /**
   * How many characters of the first question are kept, masked: ten at most; 0 keeps none.
   */
  readonly prefixChars?: number;
}
/**
 * Traces and what they may hold. They are exported where the process has a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`).
 */
export interface Telemetry {
  /**
   * Share of requests traced.
   */
  readonly traceSample?: string;
  /**
   * Requests that are traced whatever the sample.
   */
  readonly alwaysTrace?: readonly ('error' | 'fallback' | 'denied' | 'slow')[];
  /**
   * What `slow` means: longer to the first content of a stream, or to the end of any other answer.
   */
  readonly slowAfter?: string;
  /**
   * Whether providers are told of the trace (`traceparent`, `tracestate`), so that a gateway or model of your own behind this one can go on with it.
   */
  readonly propagate?: boolean;
  /**
   * Whether the text of prompts and answers goes into traces, masked: without keys, e-mail addresses and long numbers.
   */
  readonly contentCapture?: boolean;
}
/**
 * How mail is sent.
 */
export interface Mail {
  /**
   * Sender of alert and report mails.
   */
  readonly from?: string;
  /**
   * The SMTP server as a URL, credentials included; hence a reference.
   */
  readonly server?: SecretRef;
  readonly dkim?: Dkim;
  /**
   * Certificates of the authority of the SMTP server, PEM, where it is your own.
   */
  readonly ca?: SecretRef;
}
/**
 * Signs mails, so that servers trust them.
 */
export interface Dkim {
  /**
   * The domain of the sender.
   */
  readonly domain: string;
  /**
   * Name of the key in the DNS.
   */
  readonly selector: string;
  /**
   * The private key, PEM.
   */
  readonly key: SecretRef;
}
/**
 * One planned work: `from` and `until`, or `weekly`.
 */
export interface Maintenance {
  /**
   * Name of the entry.
   */
  readonly id: string;
  /**
   * Alerts that are quiet; globs with `*`. All by default.
   */
  readonly alerts?: readonly string[];
  /**
   * When it begins.
   */
  readonly from?: string;
  /**
   * When it ends.
   */
  readonly until?: string;
  readonly weekly?: WeeklyMaintenance;
  /**
   * Why, for those who look.
   */
  readonly reason?: string;
}
/**
 * Every week, in the project's time zone.
 */
export interface WeeklyMaintenance {
  /**
   * Days on which it begins.
   *
   * @minItems 1
   */
  readonly days: readonly ('MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN')[];
  /**
   * When it begins.
   */
  readonly at: string;
  /**
   * How long it lasts, a day at most.
   */
  readonly for: string;
}
/**
 * What a dry-run against recorded traffic may change before it fails; read from the merge base, so that a change cannot loosen its own gate.
 */
export interface Gates {
  readonly costIncrease?: CostGate;
  /**
   * Requests that were allowed and would be denied.
   */
  readonly newDenials?: number;
  /**
   * Requests that a lower tier would answer.
   */
  readonly tierDowngrades?: number;
  /**
   * Requests whose new target lacks a capability they use.
   */
  readonly capabilityLosses?: number;
  /**
   * Rise of the share of answers that a fallback gives, in percentage points.
   */
  readonly fallbackShareIncrease?: string;
  /**
   * Share of recorded decisions that must be reproduced under the recorded policy.
   */
  readonly minFidelity?: string;
  /**
   * Share of records that may lack a needed field.
   */
  readonly maxIndeterminate?: string;
  /**
   * Share of the routes and targets that the head declares and at least one record must reach.
   */
  readonly minCoverage?: string;
}
/**
 * How much dearer the same traffic may become; fails only when both limits are exceeded, so that small routes do not block.
 */
export interface CostGate {
  /**
   * Increase in money per time.
   */
  readonly absolute?: string;
  /**
   * Increase relative to the base.
   */
  readonly relative?: string;
}
/**
 * For routes without a chain, and for targets of chains that leave these open.
 */
export interface Defaults {
  /**
   * Timeouts of each attempt.
   */
  readonly timeouts?: Timeouts;
  /**
   * Repeating an attempt on the same target.
   */
  readonly retry?: Retry;
  /**
   * The circuit breaker of each target.
   */
  readonly breaker?: Breaker;
}
/**
 * What happens when no newer revision could be fetched for a while.
 */
export interface OnStale {
  /**
   * Age of the last successful check.
   */
  readonly after?: string;
  /**
   * `serve` goes on silently, `warn` logs and alerts, `unready` fails the readiness check.
   */
  readonly then?: 'serve' | 'warn' | 'unready';
}
/**
 * An upstream service that answers model requests. Overrides the built-in entry of the same name field by field, or adds a new one.
 */
export interface ProviderDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Provider` under this schema.
   */
  readonly kind: 'Provider';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: ProviderSpec;
}
/**
 * Where the provider is, how it is spoken to and what it does with data.
 */
export interface ProviderSpec {
  /**
   * The wire format the provider speaks. Needed unless a built-in entry has it.
   */
  readonly dialect?:
    | 'openai-chat'
    | 'openai-responses'
    | 'openai-completions'
    | 'anthropic-messages'
    | 'gemini'
    | 'bedrock-converse'
    | 'cohere-chat'
    | 'ollama'
    | 'sandbox';
  /**
   * Further dialects that the provider serves under the same base URL. A caller of one of them is not translated: its request passes as it came. OpenAI serves chat completions, responses and the older completions.
   */
  readonly alsoSpeaks?: readonly ('openai-chat' | 'openai-responses' | 'openai-completions' | 'anthropic-messages')[];
  /**
   * Address with the version segment included; the dialect appends its own path. Needed unless a built-in entry has it.
   */
  readonly baseUrl?: string;
  /**
   * How requests to the provider are authenticated.
   */
  readonly auth?: Auth;
  /**
   * Headers sent with every request: plain text or a reference.
   */
  readonly headers?: {
    /**
     * Plain text, or a reference to a secret.
     */
    readonly [k: string]: TextOrSecret;
  };
  /**
   * Where the provider processes requests; `residency` of a route is compared with it.
   */
  readonly region?: string;
  readonly dataPolicy?: ProviderDataPolicy;
  /**
   * What happens upstream when the client hangs up: `abort` cancels the call, `drain` reads it to its end because it is billed anyway.
   */
  readonly onDisconnect?: 'abort' | 'drain';
  readonly quirks?: ProviderQuirks;
  /**
   * The provider's own documentation, for readers.
   */
  readonly website?: string;
}
/**
 * What the provider does with what it is sent; `dataPolicy` of a route is compared with it.
 */
export interface ProviderDataPolicy {
  /**
   * Whether requests may be used to train models.
   */
  readonly trainsOnData?: boolean;
  /**
   * How long requests are kept at most; `0s` for not at all.
   */
  readonly retention?: string;
}
/**
 * Where the provider departs from its dialect.
 */
export interface ProviderQuirks {
  /**
   * Parameters that go by another name here: from the name in the dialect to the name sent.
   */
  readonly renameParams?: {
    readonly [k: string]: string;
  };
  /**
   * Parameters the provider refuses; they count as unsupported. For embeddings and other calls that are no chat `name=value` leaves out that one value, which the provider takes for granted.
   */
  readonly dropParams?: readonly string[];
  /**
   * How many stop sequences are accepted.
   */
  readonly maxStopSequences?: number;
  /**
   * Path of the chat call where it is not the dialect's own; `{model}` stands for the upstream name.
   */
  readonly path?: string;
  /**
   * Path of the streamed chat call where it differs from `path`; `{model}` stands for the upstream name.
   */
  readonly streamPath?: string;
  /**
   * Whether the path names the model and the body must not. Tokens are then estimated here, since the dialect's own call for it is elsewhere or missing.
   */
  readonly modelInPath?: boolean;
  /**
   * Fields that every chat body must hold here, in place of the caller's.
   */
  readonly fields?: {
    readonly [k: string]: unknown;
  };
  /**
   * Query parameters added to every call.
   */
  readonly query?: {
    readonly [k: string]: string;
  };
  /**
   * Efforts of reasoning that go by another word here, since the provider knows fewer: from the word sent to the provider's.
   */
  readonly efforts?: {
    readonly [k: string]: string;
  };
  readonly parts?: PartForms;
  /**
   * Put before the upstream model name.
   */
  readonly modelPrefix?: string;
  /**
   * Whether the provider refuses `stream_options`; the usage of a stream is then taken as it comes or counted locally.
   */
  readonly noStreamOptions?: boolean;
  /**
   * The role under which instructions are sent, for hosts that know only one; without it a caller of the same dialect keeps the role it chose, and others get `system`.
   */
  readonly systemRole?: 'system' | 'developer' | 'user';
}
/**
 * Parts of messages that have another form here. For providers of OpenAI's chat completions.
 */
export interface PartForms {
  /**
   * `text`: the sound's base64 text stands alone, without an object around it.
   */
  readonly inputAudio?: 'text';
  /**
   * `document_url`: a file is a `document_url` part.
   */
  readonly file?: 'document_url';
  /**
   * `text`: a refusal in the history is said as content.
   */
  readonly refusal?: 'text';
}
/**
 * Someone who hears of alerts and gets reports.
 */
export interface ReceiverDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Receiver` under this schema.
   */
  readonly kind: 'Receiver';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: ReceiverSpec;
}
/**
 * The channels; at least one.
 */
export interface ReceiverSpec {
  readonly email?: EmailChannel;
  readonly webhook?: WebhookChannel;
  readonly slack?: SlackChannel;
  readonly teams?: TeamsChannel;
  readonly pagerduty?: PagerDutyChannel;
  readonly group?: ReceiverGroup;
  readonly limit?: ReceiverLimit;
}
/**
 * By mail.
 */
export interface EmailChannel {
  /**
   * Addresses.
   */
  readonly to: readonly string[];
}
/**
 * By an HTTP call with a JSON body.
 */
export interface WebhookChannel {
  /**
   * Address of the call: plain, or a reference where it holds a secret.
   */
  readonly url: TextOrSecret;
  /**
   * Signs the body.
   */
  readonly secret?: SecretRef;
}
/**
 * Into a Slack channel, by an incoming webhook.
 */
export interface SlackChannel {
  /**
   * Address of the call: plain, or a reference where it holds a secret.
   */
  readonly url: TextOrSecret;
}
/**
 * Into a Microsoft Teams channel, by a workflow that takes adaptive cards.
 */
export interface TeamsChannel {
  /**
   * Address of the call: plain, or a reference where it holds a secret.
   */
  readonly url: TextOrSecret;
}
/**
 * As events of PagerDuty's Events API v2, which other on-call services take as well.
 */
export interface PagerDutyChannel {
  /**
   * The integration key of the service.
   */
  readonly routingKey: SecretRef;
  /**
   * Where events go.
   */
  readonly url?: TextOrSecret;
}
/**
 * Notices that come shortly after one another go out as one: one mail, one message of Slack or Teams, the worst first. Webhooks and PagerDuty get one event for each incident all the same, at once. Absent: one message for each notice.
 */
export interface ReceiverGroup {
  /**
   * How long the first one waits for others.
   */
  readonly wait?: string;
}
/**
 * How much this receiver is told at most. What is beyond waits; an alert that has ended meanwhile is not told at all.
 */
export interface ReceiverLimit {
  /**
   * Notices, those of an end not counted.
   */
  readonly max: number;
  /**
   * In so much time.
   */
  readonly per: string;
}
/**
 * A summary that is mailed regularly.
 */
export interface ReportDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Report` under this schema.
   */
  readonly kind: 'Report';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: ReportSpec;
}
/**
 * When, to whom and what.
 */
export interface ReportSpec {
  /**
   * When it is sent.
   */
  readonly schedule: string;
  /**
   * Time zone of the schedule; that of the project where absent.
   */
  readonly timezone?: string;
  /**
   * The time it covers: the last whole one.
   */
  readonly period?: 'day' | 'week' | 'month';
  /**
   * Receivers who get it.
   */
  readonly to: readonly string[];
  /**
   * What it holds, in this order.
   */
  readonly sections?: readonly ('summary' | 'cost' | 'top-tokens' | 'errors' | 'cache' | 'advice')[];
  /**
   * Language of the text.
   */
  readonly language?: 'en' | 'ja';
}
/**
 * Which requests go where. The most specific matching route wins, then `priority`; the order of files never counts.
 */
export interface RouteDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Route` under this schema.
   */
  readonly kind: 'Route';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: RouteSpec;
}
/**
 * Conditions, and what happens to the requests that meet them.
 */
export interface RouteSpec {
  readonly match: Match;
  /**
   * Settles a tie between equally specific routes; higher wins.
   */
  readonly priority?: number;
  /**
   * The wire format of the paths this route adds.
   */
  readonly dialect?: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini' | 'cohere-chat' | 'ollama';
  /**
   * The chain that answers; without one the requested model goes straight to its provider.
   */
  readonly chain?: string;
  readonly deny?: Deny;
  /**
   * The cache that is asked first.
   */
  readonly cache?: string;
  /**
   * Guardrails, in the order in which they run.
   */
  readonly guardrails?: readonly string[];
  readonly prompt?: PromptParts;
  readonly limits?: RouteLimits;
  /**
   * What happens to a parameter that a target does not support: `reject` refuses the request, `drop` leaves it out, `requireParameters` skips the target.
   */
  readonly unsupportedParams?: 'reject' | 'drop' | 'requireParameters';
  /**
   * The regions in which requests may be processed; a target elsewhere is skipped.
   *
   * @minItems 1
   */
  readonly residency?: readonly string[];
  readonly dataPolicy?: RouteDataPolicy;
  /**
   * Free tags; with `realtime` or `personalised` no answer is kept or given again, and with `fresh` lint asks for lives of an hour at most.
   */
  readonly tags?: readonly string[];
}
/**
 * The conditions; all given ones must hold, a list means any of its values. `{}` is the catch-all.
 */
export interface Match {
  /**
   * Names of consumers; globs with `*`.
   *
   * @minItems 1
   */
  readonly consumers?: readonly string[];
  /**
   * Labels of the consumer: each key with the values it may have.
   */
  readonly labels?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * What is called, whatever the dialect.
   *
   * @minItems 1
   */
  readonly endpoints?: readonly (
    | 'chat'
    | 'responses'
    | 'messages'
    | 'generate'
    | 'completions'
    | 'embeddings'
    | 'images'
    | 'audio'
    | 'moderations'
    | 'rerank'
    | 'mcp'
  )[];
  /**
   * Request paths; naming one offers it.
   *
   * @minItems 1
   */
  readonly paths?: readonly string[];
  /**
   * Requested models, as sent or as the catalogue names them; globs with `*`.
   *
   * @minItems 1
   */
  readonly models?: readonly string[];
  /**
   * Metadata of the request: each key with the values it may have.
   */
  readonly metadata?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * Request headers: each name with the values it may have.
   */
  readonly headers?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly string[];
  };
  /**
   * A CEL condition over request, consumer, metadata and headers; the last resort.
   */
  readonly when?: string;
}
/**
 * Refuses the requests instead.
 */
export interface Deny {
  /**
   * Status of the answer.
   */
  readonly status?: number;
  /**
   * What the caller is told.
   */
  readonly message?: string;
}
/**
 * Text added to the instructions, with what the request says in marked places, and old turns left out where a conversation grows too long.
 */
export interface PromptParts {
  /**
   * Put before the caller's own instructions. `{{name}}` stands for a variable; `\{{` for two braces.
   */
  readonly prepend?: string | null;
  /**
   * Put after the caller's own instructions, with variables likewise.
   */
  readonly append?: string | null;
  /**
   * What stands for `{{name}}` in `prepend` and `append`. Every name in a text must be here.
   */
  readonly variables?: {
    readonly [k: string]: PromptVariable;
  };
  /**
   * Leaves out the oldest turns of a conversation that is too long. Instructions, the last turn and a call with its result stay whole; null never leaves anything out. With both fields the smaller figure counts.
   */
  readonly trim?: PromptTrim | null;
}
/**
 * One variable: exactly one of `consumer`, `label`, `metadata`, `header` and `date` says where it comes from. Values are escaped like the inside of a JSON string.
 */
export interface PromptVariable {
  /**
   * The name of the consumer.
   */
  readonly consumer?: 'name';
  /**
   * The label of the consumer with this key.
   */
  readonly label?: string;
  /**
   * The entry of the request's metadata with this key.
   */
  readonly metadata?: string;
  /**
   * The request header of this name; never one that carries credentials.
   */
  readonly header?: string;
  /**
   * The date of the request in the project's time zone: `2026-11-26`, `2026-11`, `2026` or `Thursday`.
   */
  readonly date?: 'day' | 'month' | 'year' | 'weekday';
  /**
   * Stands in where the request has no value, a longer one than `maxLength` or none of `values`. Required for `label`, `metadata` and `header`.
   */
  readonly default?: string;
  /**
   * The only values that are taken; any other counts as none.
   *
   * @minItems 1
   */
  readonly values?: readonly string[];
  /**
   * Longest value that is taken, in characters; a longer one counts as none.
   */
  readonly maxLength?: number;
}
export interface PromptTrim {
  /**
   * Input tokens, as the gateway estimates them, that the caller's part is brought down to.
   */
  readonly tokens?: number;
  /**
   * Share of the smallest context window of the chain that input and output may take together, the route's own text included. Tokens are estimated: 100% leaves no room for error.
   */
  readonly window?: string;
}
/**
 * Limits of one request.
 */
export interface RouteLimits {
  /**
   * Input tokens, as estimated before the call.
   */
  readonly maxInputTokens?: number;
  /**
   * Output tokens; a request that asks for more is clamped, and a header says so.
   */
  readonly maxOutputTokens?: number;
  /**
   * Worst-case cost of one request.
   */
  readonly maxRequestCost?: string;
  /**
   * Size of the request body. The gateway takes no body above 32 MiB, whatever is set here.
   */
  readonly bodySize?: string;
}
/**
 * What every target's provider may do at most.
 */
export interface RouteDataPolicy {
  /**
   * Whether providers that train on requests may be used.
   */
  readonly trainsOnData?: boolean;
  /**
   * How long a provider may keep requests.
   */
  readonly maxRetention?: string;
}
/**
 * Cases that the policies must meet: a request and a situation, and what must come of it.
 */
export interface TestDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Test` under this schema.
   */
  readonly kind: 'Test';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec?: TestSpec;
}
/**
 * The environment and its cases.
 */
export interface TestSpec {
  /**
   * The environment under test; that of the command line where absent.
   */
  readonly environment?: string;
  /**
   * The cases.
   */
  readonly cases?: readonly TestCase[];
}
/**
 * One request in one situation, and the expectation.
 */
export interface TestCase {
  /**
   * What the case shows, as a sentence.
   */
  readonly name: string;
  /**
   * The time of the request.
   */
  readonly at?: string;
  readonly request: TestRequest;
  readonly state?: TestState;
  /**
   * What targets answer, by target id (`chain/id` inside nested chains): the outcomes of successive attempts, the last one repeats. A target not named answers 200.
   */
  readonly upstream?: {
    /**
     * @minItems 1
     */
    readonly [k: string]: readonly UpstreamOutcome[];
  };
  readonly expect?: TestExpectation;
}
/**
 * The request; also what `explain` takes.
 */
export interface TestRequest {
  /**
   * The consumer; absent for a request without a key.
   */
  readonly consumer?: string;
  /**
   * What is called.
   */
  readonly endpoint?:
    | 'chat'
    | 'responses'
    | 'messages'
    | 'generate'
    | 'completions'
    | 'embeddings'
    | 'images'
    | 'audio'
    | 'moderations'
    | 'rerank'
    | 'mcp';
  /**
   * The requested model, as sent.
   */
  readonly model?: string;
  /**
   * The path; that of the endpoint where absent.
   */
  readonly path?: string;
  /**
   * Input tokens.
   */
  readonly inputTokens?: number;
  /**
   * The output bound the client asks for.
   */
  readonly maxOutputTokens?: number;
  /**
   * Request metadata.
   */
  readonly metadata?: {
    readonly [k: string]: string;
  };
  /**
   * Request headers.
   */
  readonly headers?: {
    readonly [k: string]: string;
  };
  /**
   * Labels, instead of those of the consumer.
   */
  readonly labels?: {
    readonly [k: string]: string;
  };
  /**
   * How many tools are offered.
   */
  readonly tools?: number;
  /**
   * How many images are sent.
   */
  readonly images?: number;
  /**
   * How many documents are sent.
   */
  readonly documents?: number;
  /**
   * How many pieces of audio are sent.
   */
  readonly audio?: number;
  /**
   * The form of answer asked for.
   */
  readonly responseFormat?: 'text' | 'json-object' | 'json-schema';
  /**
   * Whether reasoning is asked for.
   */
  readonly reasoning?: boolean;
  /**
   * Whether the answer is streamed.
   */
  readonly stream?: boolean;
  /**
   * Address of the client; absent skips the allow-list.
   */
  readonly ip?: string;
  /**
   * The session, for sticky choice.
   */
  readonly session?: string;
  /**
   * The temperature.
   */
  readonly temperature?: number;
  /**
   * What the user says. Guardrails of the route look at it; without it they have no text to look at.
   */
  readonly text?: string;
}
/**
 * What the gateway knows at that time.
 */
export interface TestState {
  /**
   * What budgets have counted: by name, or `name[key]` for a split one; money for cost, else a number.
   */
  readonly spent?: {
    readonly [k: string]: string | number;
  };
  /**
   * Breakers that are not closed, by `chain/target`.
   */
  readonly breakers?: {
    readonly [k: string]: 'open' | 'half-open' | 'closed';
  };
  /**
   * What the cache look-up finds.
   */
  readonly cache?: 'hit' | 'stale' | 'miss';
  /**
   * Secrets that have no value, as `env:NAME`, `file:PATH` or `store:NAME/KEY`; `*` for all. Absent, every secret has one.
   */
  readonly secretsMissing?: readonly string[];
  /**
   * Calls in flight, by `chain/target`.
   */
  readonly inFlight?: {
    readonly [k: string]: number;
  };
  /**
   * Recent latency, by `chain/target`.
   */
  readonly latencies?: {
    /**
     * A duration: a number and a unit out of ms, s, m, h, d, w.
     */
    readonly [k: string]: string;
  };
  /**
   * The random draw of a weighted choice, from 0 up to but not including 1.
   */
  readonly draw?: number;
}
/**
 * One answer of a target.
 */
export interface UpstreamOutcome {
  /**
   * Status of the answer.
   */
  readonly status?: number;
  /**
   * A failure that has no status of its own.
   */
  readonly outcome?:
    | 'rate-limit'
    | 'server-error'
    | 'timeout'
    | 'network'
    | 'auth'
    | 'malformed'
    | 'context-overflow'
    | 'stream-error'
    | 'content-filter'
    | 'invalid-request';
  /**
   * Input tokens that were not cached.
   */
  readonly inputTokens?: number;
  /**
   * Output tokens.
   */
  readonly outputTokens?: number;
  /**
   * Input tokens read from the prompt cache.
   */
  readonly cacheReadTokens?: number;
  /**
   * Input tokens written to the prompt cache of five minutes.
   */
  readonly cacheWriteTokens?: number;
  /**
   * Input tokens written to the prompt cache of an hour.
   */
  readonly cacheWrite1hTokens?: number;
  /**
   * Reasoning tokens.
   */
  readonly reasoningTokens?: number;
  /**
   * Input tokens of sound. A minute that is billed by the minute counts 1000.
   */
  readonly audioInputTokens?: number;
  /**
   * Output tokens of sound.
   */
  readonly audioOutputTokens?: number;
  /**
   * Pictures made, which are priced by the piece.
   */
  readonly images?: number;
  /**
   * Searches billed, each at the price of a call; one where absent.
   */
  readonly searchUnits?: number;
  /**
   * Until the answer is complete.
   */
  readonly latency?: string;
  /**
   * Until the first content.
   */
  readonly firstToken?: string;
  /**
   * What the provider asks to wait.
   */
  readonly retryAfter?: string;
  /**
   * What the model answers. Output guardrails of the route look at it.
   */
  readonly text?: string;
}
/**
 * What must come of it; only what is named is compared.
 */
export interface TestExpectation {
  /**
   * The route that wins; null for none.
   */
  readonly route?: string | null;
  /**
   * The chain; null for none.
   */
  readonly chain?: string | null;
  /**
   * The target that answers, as `chain/target`; null for none.
   */
  readonly target?: string | null;
  /**
   * The provider that answers.
   */
  readonly provider?: string;
  /**
   * The model that answers, by its catalogue name.
   */
  readonly model?: string;
  /**
   * The targets called, in order, repetitions included.
   */
  readonly attempts?: readonly string[];
  /**
   * Targets that were not called although their turn came, with the reason.
   */
  readonly skipped?: {
    [k: string]:
      | 'secret-missing'
      | 'breaker-open'
      | 'model-not-allowed'
      | 'capability-missing'
      | 'context-too-small'
      | 'residency'
      | 'data-policy'
      | 'max-price'
      | 'provider-not-allowed'
      | 'model-unknown'
      | 'deadline'
      | 'unsupported-dialect';
  };
  /**
   * Why the first target did not answer; null when it did.
   */
  readonly fallback?:
    | 'rate-limit'
    | 'server-error'
    | 'timeout'
    | 'network'
    | 'auth'
    | 'malformed'
    | 'context-overflow'
    | 'stream-error'
    | 'content-filter'
    | 'invalid-request'
    | 'secret-missing'
    | 'breaker-open'
    | 'model-not-allowed'
    | 'capability-missing'
    | 'context-too-small'
    | 'residency'
    | 'data-policy'
    | 'max-price'
    | 'provider-not-allowed'
    | 'model-unknown'
    | 'deadline'
    | 'unsupported-dialect'
    | null;
  /**
   * Whether a lower tier answers.
   */
  readonly degraded?: boolean;
  /**
   * Status of the answer.
   */
  readonly status?: number;
  /**
   * The error code; null for none.
   */
  readonly code?: string | null;
  /**
   * What the request costs.
   */
  readonly cost?: string;
  /**
   * What the answer says about the cache.
   */
  readonly cache?: 'hit' | 'semantic-hit' | 'shared' | 'stale' | 'miss' | 'refresh' | 'bypass' | 'off';
  /**
   * The alerts that fire, in any order.
   */
  readonly alerts?: readonly string[];
  readonly guardrails?: ExpectedGuardrails;
  readonly prompt?: ExpectedPrompt;
  /**
   * The input tokens that a conversation is brought down to; null where nothing is left out. A case tells no turns: as many are taken to be old as need be.
   */
  readonly trimmedTo?: number | null;
}
/**
 * What the guardrails of the route come to; only what is named is compared. Services that judge are not asked: `not_evaluated`.
 */
export interface ExpectedGuardrails {
  /**
   * Verdicts on the request, by the `id` of the check, or `guardrail/id` where several guardrails use it.
   */
  readonly input?: {
    readonly [k: string]: 'pass' | 'flag' | 'mask' | 'block' | 'not_evaluated';
  };
  /**
   * Verdicts on the answer, by the `id` of the check, or `guardrail/id` where several guardrails use it.
   */
  readonly output?: {
    readonly [k: string]: 'pass' | 'flag' | 'mask' | 'block' | 'not_evaluated';
  };
  /**
   * The user's text as the provider gets it, masks in place.
   */
  readonly sent?: string;
  /**
   * The answer as the caller gets it: masked, and with what was masked on the way in put back.
   */
  readonly answer?: string;
}
/**
 * What the route adds to the instructions, with the values of the request in place; only what is named is compared.
 */
export interface ExpectedPrompt {
  /**
   * The text before the caller's instructions; null for none.
   */
  readonly prepend?: string | null;
  /**
   * The text after the caller's instructions; null for none.
   */
  readonly append?: string | null;
}
/**
 * An exception from a lint rule, with its reason and its end.
 */
export interface WaiverDocument {
  /**
   * Version of the policy language; always `signalbox/v1`.
   */
  readonly apiVersion: 'signalbox/v1';
  /**
   * The kind of document; always `Waiver` under this schema.
   */
  readonly kind: 'Waiver';
  /**
   * Name, owner, description and labels of the document.
   */
  readonly metadata: Metadata;
  readonly spec: WaiverSpec;
}
/**
 * Which finding, why and until when.
 */
export interface WaiverSpec {
  /**
   * Id of the rule.
   */
  readonly rule: string;
  /**
   * The document the finding is about, as `Kind/name`.
   */
  readonly subject: string;
  /**
   * Why the finding is accepted; a waiver without one is refused by lint.
   */
  readonly reason?: string;
  /**
   * The day from which the waiver no longer holds, 00:00 UTC.
   */
  readonly expires?: string;
  /**
   * Who accepted it.
   */
  readonly approvedBy?: string;
}

/** The kind of a policy document. */
export type DocumentKind = Document['kind'];

/**
 * What every document says about itself.
 */
export interface Metadata {
  /**
   * Name of the document, unique within its kind; other documents refer to it by this name. Models are named `provider/model`.
   */
  readonly name: string;
  /**
   * The team that answers for this document; findings and alert mails name it.
   */
  readonly owner?: string;
  /**
   * One sentence for readers: what this document is for.
   */
  readonly description?: string;
  /**
   * Free labels; values are strings (quote numbers and booleans).
   */
  readonly labels?: {
    readonly [k: string]: string;
  };
  /**
   * The environments in which this document exists; absent means all of them.
   *
   * @minItems 1
   */
  readonly environments?: readonly string[];
  /**
   * Why the document is as it is, for example why it exists in some environments only.
   */
  readonly reason?: string;
}

/**
 * Where a secret comes from; the secret itself never stands in a policy file. Exactly one of `env`, `file` or `store` (with `key`).
 */
export interface SecretRef {
  /**
   * Name of the environment variable that holds the secret.
   */
  readonly env?: string;
  /**
   * Path of the file that holds the secret, such as a mounted Kubernetes secret; one trailing newline is dropped.
   */
  readonly file?: string;
  /**
   * Name of a secret store of the project.
   */
  readonly store?: string;
  /**
   * What the store calls it: `NAME`, `NAME#FIELD` for one field of an object, `NAME?version=V` for a version that stays.
   */
  readonly key?: string;
  /**
   * The day on which the value was made: lint and alerts say when it has grown old. A store may know better.
   */
  readonly createdAt?: string;
  /**
   * Whether the value may be missing: then whatever uses it is left out without a warning.
   */
  readonly optional?: boolean;
}

/**
 * Plain text, or a reference to a secret.
 */
export type TextOrSecret =
  | string
  | {
      /**
       * Name of the environment variable that holds the value.
       */
      readonly env?: string;
      /**
       * Path of the file that holds the value.
       */
      readonly file?: string;
      /**
       * Name of a secret store of the project.
       */
      readonly store?: string;
      /**
       * What the store calls it: `NAME`, `NAME#FIELD` for one field of an object, `NAME?version=V` for a version that stays.
       */
      readonly key?: string;
      /**
       * The day on which the value was made: lint and alerts say when it has grown old. A store may know better.
       */
      readonly createdAt?: string;
      /**
       * Whether the value may be missing: then whatever uses it is left out without a warning.
       */
      readonly optional?: boolean;
    };

/**
 * How a request upstream proves who sends it.
 */
export interface Auth {
  /**
   * How the call proves who sends it: `bearer` the secret in Authorization, `header` in the header `name`, `azure` as api-key, `entra` a Microsoft Entra token, `aws` a SigV4 signature, `google` a Google access token, `none` not at all.
   */
  readonly kind: 'bearer' | 'header' | 'azure' | 'entra' | 'aws' | 'google' | 'none';
  /**
   * The header that carries the secret; only with `kind: header`.
   */
  readonly name?: string;
  /**
   * The secret: the key itself; for `aws` the secret access key, for `entra` the client secret, for `google` the JSON of a key file. A target whose secret is missing is skipped with that reason. `aws`, `entra` and `google` go without one by what the machine provides.
   */
  readonly secret?: SecretRef;
  /**
   * A pool of secrets, used in turn; one that is refused or limited rests. Instead of `secret`.
   *
   * @minItems 1
   *
   * Items: Where a secret comes from; the secret itself never stands in a policy file. Exactly one of `env`, `file` or `store` (with `key`).
   */
  readonly secrets?: readonly SecretRef[];
  /**
   * The cloud region that signs the request; only with `kind: aws`. Without it that of the address counts, then `AWS_REGION`.
   */
  readonly region?: string;
  /**
   * The OAuth scope of the token; only with `kind: entra` or `google`. By default that of the cloud's model services.
   */
  readonly scope?: string;
  /**
   * The Microsoft Entra tenant; only with `kind: entra`. Without it `AZURE_TENANT_ID` counts.
   */
  readonly tenant?: string;
  /**
   * The Microsoft Entra application, or the managed identity where there is no secret; only with `kind: entra`. Without it `AZURE_CLIENT_ID` counts.
   */
  readonly clientId?: string;
  /**
   * The AWS access key id; only with `kind: aws`, whose `secret` is the secret access key. Without both, the chain of AWS's own tools is tried: environment, profile, web identity, container, instance.
   */
  readonly accessKeyId?: SecretRef;
  /**
   * The AWS session token; only with `kind: aws`.
   */
  readonly sessionToken?: SecretRef;
  /**
   * Where Microsoft Entra gives tokens, for clouds of their own; only with `kind: entra`. Without it `AZURE_AUTHORITY_HOST` counts, then the public cloud.
   */
  readonly authority?: string;
  /**
   * The profile of AWS's configuration files whose credentials are used; only with `kind: aws`.
   */
  readonly profile?: string;
  /**
   * The ARN of a role that is assumed with those credentials; only with `kind: aws`.
   */
  readonly role?: string;
  /**
   * The external id that the role asks for; only with `role`.
   */
  readonly externalId?: string;
}

/**
 * A secret that is at hand where the gateway runs: exactly one of `env` or `file`. What opens a secret store cannot lie in one.
 */
export interface LocalSecretRef {
  /**
   * Name of the environment variable that holds the secret.
   */
  readonly env?: string;
  /**
   * Path of the file that holds the secret, such as a mounted Kubernetes secret; one trailing newline is dropped.
   */
  readonly file?: string;
  /**
   * The day on which the value was made: lint and alerts say when it has grown old. A store may know better.
   */
  readonly createdAt?: string;
  /**
   * Whether the value may be missing: then whatever uses it is left out without a warning.
   */
  readonly optional?: boolean;
}

/**
 * How the gateway proves to a secret store who it is. Stores of clouds go without by what the machine provides.
 */
export interface StoreAuth {
  /**
   * How a Vault is logged in to: `token` a token that is there already, `approle` an AppRole, `kubernetes` the service account of the pod. Only with `kind: vault`.
   */
  readonly kind?: 'token' | 'approle' | 'kubernetes';
  /**
   * What proves it: the token or the secret id of a Vault, the secret access key of AWS, the JSON of a Google key file, the client secret of Entra.
   */
  readonly secret?: LocalSecretRef;
  /**
   * The role id; only with `kind: approle`.
   */
  readonly roleId?: LocalSecretRef;
  /**
   * The role of Vault with `kind: kubernetes`, or the ARN of a role that is assumed at AWS.
   */
  readonly role?: string;
  /**
   * Where the auth method of Vault is mounted; by default under its own name.
   */
  readonly mount?: string;
  /**
   * The token of the service account; only with `kind: kubernetes`.
   */
  readonly tokenFile?: string;
  /**
   * The AWS access key id, whose `secret` is the secret access key.
   */
  readonly accessKeyId?: LocalSecretRef;
  /**
   * The AWS session token.
   */
  readonly sessionToken?: LocalSecretRef;
  /**
   * The profile of AWS’s configuration files.
   */
  readonly profile?: string;
  /**
   * The external id that the role of AWS asks for.
   */
  readonly externalId?: string;
  /**
   * The Microsoft Entra tenant. Without it `AZURE_TENANT_ID` counts.
   */
  readonly tenant?: string;
  /**
   * The Microsoft Entra application, or the managed identity where there is no secret. Without it `AZURE_CLIENT_ID` counts.
   */
  readonly clientId?: string;
  /**
   * Where Microsoft Entra gives tokens, for clouds of their own. Without it `AZURE_AUTHORITY_HOST` counts, then the public cloud.
   */
  readonly authority?: string;
  /**
   * The OAuth scope of the token; by default that of the store.
   */
  readonly scope?: string;
}

/**
 * A place that keeps secrets and gives them to the gateway while it runs.
 */
export interface SecretStore {
  /**
   * What it is: the KV engine (version 2) of a Vault or OpenBao, or the secret store of a cloud.
   */
  readonly kind: 'vault' | 'aws-secrets-manager' | 'google-secret-manager' | 'azure-key-vault';
  /**
   * Its address; clouds other than Azure have one of their own, which this replaces.
   */
  readonly url?: string;
  /**
   * The namespace of Vault Enterprise or OpenBao.
   */
  readonly namespace?: string;
  /**
   * Where the KV engine is mounted in the Vault.
   */
  readonly mount?: string;
  /**
   * The AWS region. Without it `AWS_REGION` counts.
   */
  readonly region?: string;
  /**
   * The Google Cloud project.
   */
  readonly project?: string;
  /**
   * The location of Google’s regional secrets; without it they are global.
   */
  readonly location?: string;
  /**
   * How the gateway proves who it is.
   */
  readonly auth?: StoreAuth;
  /**
   * How often a value is asked for anew, one that ends earlier before its end, one that a provider refuses at once.
   */
  readonly refresh?: string;
  /**
   * How long the store may take to answer.
   */
  readonly timeout?: string;
}

/**
 * How long one attempt may take in each of its phases. There is no silent default: a target without `total` is a lint finding.
 */
export interface Timeouts {
  /**
   * Until the connection stands, TLS included.
   */
  readonly connect?: string;
  /**
   * Until the first content arrives.
   */
  readonly firstToken?: string;
  /**
   * Between two pieces of a stream.
   */
  readonly idle?: string;
  /**
   * For the whole attempt.
   */
  readonly total?: string;
}

/**
 * Repeating an attempt on the same target. `auth` and `malformed` are never repeated on the same target and key.
 */
export interface Retry {
  /**
   * How often one target is tried again after its first attempt; 0 means never.
   */
  readonly max?: number;
  /**
   * The failures that are tried again.
   */
  readonly on?: readonly ('rate-limit' | 'server-error' | 'timeout' | 'network' | 'stream-error')[];
  /**
   * Wait before the first repetition, before jitter.
   */
  readonly initial?: string;
  /**
   * What the wait is multiplied by each time.
   */
  readonly factor?: number;
  /**
   * The longest wait that backoff leads to.
   */
  readonly cap?: string;
  /**
   * `full` waits a random time between nothing and the backoff; `none` waits exactly the backoff.
   */
  readonly jitter?: 'full' | 'none';
  /**
   * Whether a provider that names a waiting time is obeyed.
   */
  readonly respectRetryAfter?: boolean;
  /**
   * A provider that asks for longer than this is not waited for: the next target is tried.
   */
  readonly maxRetryAfter?: string;
}

/**
 * The circuit breaker of one target: after repeated failures it is skipped for a while.
 */
export interface Breaker {
  /**
   * How many failures open the breaker.
   */
  readonly failures?: number;
  /**
   * The time within which they count.
   */
  readonly within?: string;
  /**
   * How long the target is skipped before one request tries it again.
   */
  readonly openFor?: string;
}
