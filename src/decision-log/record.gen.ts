/** Generated from schemas/ by scripts/generate-types.ts; change the schemas instead. */

/**
 * One line of a recording: what a request asked for, what the gateway knew, what it decided and what came of it. No prompt or answer text: digests, counts and names only. An imported record may lack what its source did not have; what is absent is unknown, never zero.
 */
export interface TrafficRecord {
  /**
   * Version of this schema.
   */
  readonly v: 1;
  /**
   * Id of the request; equals `x-signalbox-request-id`.
   */
  readonly id: string;
  /**
   * When the request came, UTC.
   */
  readonly at: string;
  /**
   * The environment that served.
   */
  readonly environment?: string;
  /**
   * Version of the gateway.
   */
  readonly gatewayVersion?: string;
  /**
   * The first 12 digits of `digest`.
   */
  readonly revision?: string;
  /**
   * Digest of the policies that decided.
   */
  readonly digest?: string;
  /**
   * Digest of the built-in catalogue, prices included.
   */
  readonly catalogDigest?: string;
  /**
   * How many requests this record stands for.
   */
  readonly sampleWeight?: number;
  /**
   * The group it was sampled from.
   */
  readonly stratum?: string;
  /**
   * Records that this process could not write since the one before.
   */
  readonly dropped?: number;
  readonly request: RecordedRequest;
  readonly facts?: RecordedFacts;
  readonly decision?: RecordedDecision;
  /**
   * Calls upstream, in order.
   */
  readonly attempts?: readonly RecordedAttempt[];
  readonly outcome?: RecordedOutcome;
  /**
   * What guardrails found; never the text.
   */
  readonly guardrails?: readonly RecordedFinding[];
  /**
   * Alerts this request raised.
   */
  readonly alerts?: readonly string[];
}
/**
 * What policy may know of the request.
 */
export interface RecordedRequest {
  /**
   * What was called.
   */
  readonly endpoint:
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
   * The wire format of the caller.
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
   * The requested model, as sent.
   */
  readonly model?: string;
  /**
   * The consumer.
   */
  readonly consumer?: string;
  /**
   * Id of the consumer's key; null without one.
   */
  readonly keyId?: string | null;
  /**
   * Labels of the consumer.
   */
  readonly labels?: {
    readonly [k: string]: string;
  };
  /**
   * Request metadata, keys that policies name only.
   */
  readonly metadata?: {
    readonly [k: string]: string;
  };
  /**
   * Request headers, names that policies name only.
   */
  readonly headers?: {
    readonly [k: string]: string;
  };
  /**
   * The path.
   */
  readonly path?: string;
  /**
   * Whether a stream was asked for.
   */
  readonly stream?: boolean;
  /**
   * How many tools were offered.
   */
  readonly tools?: number;
  /**
   * How many images were sent.
   */
  readonly images?: number;
  /**
   * How many documents were sent.
   */
  readonly documents?: number;
  /**
   * How many pieces of audio were sent.
   */
  readonly audio?: number;
  /**
   * The form of answer asked for.
   */
  readonly responseFormat?: 'text' | 'json-object' | 'json-schema';
  /**
   * Whether reasoning was asked for.
   */
  readonly reasoning?: boolean;
  /**
   * Input tokens as known before the call.
   */
  readonly inputTokens?: number;
  /**
   * What text and audio can cost at most, in any tokenizer: what was held goes by it. Null when only the context window of the model bounds them; absent where `inputTokens` is the exact count.
   */
  readonly inputTokensAtMost?: number | null;
  /**
   * The longest-lived prompt cache that the body can ask for: what was held goes by it. Absent where nobody has looked.
   */
  readonly cacheWrites?: 'none' | '5m' | '1h';
  /**
   * A context window in tokens that the call asked for by a header, beyond what models declare.
   */
  readonly askedWindow?: number;
  readonly trimmed?: RecordedTrim;
  /**
   * How they were counted: `bytes` for an estimate from the size, else the tokenizer's id.
   */
  readonly tokenizer?: string;
  /**
   * The output bound the client asked for; null for none.
   */
  readonly maxOutputTokens?: number | null;
  /**
   * The temperature; null when not sent.
   */
  readonly temperature?: number | null;
  /**
   * Pseudonym of the session; null without one.
   */
  readonly session?: string | null;
  /**
   * Size of the body.
   */
  readonly bodyBytes?: number;
  readonly digests?: RecordedDigests;
  /**
   * The first characters of the prompt; only where `recording.prefixChars` asks for them.
   */
  readonly prefix?: string;
  /**
   * How many answers were asked for.
   */
  readonly choices?: number;
  /**
   * Fields whose value looked like personal data or a secret and was replaced by a keyed pseudonym.
   */
  readonly masked?: readonly string[];
}
/**
 * What was left out of a conversation that was too long; the other figures are those after it.
 */
export interface RecordedTrim {
  /**
   * Messages left out.
   */
  readonly messages: number;
  /**
   * Estimated input tokens before.
   */
  readonly inputTokens: number;
  /**
   * The most that they could cost, before; null where nothing bounded it.
   */
  readonly inputTokensAtMost?: number | null;
  /**
   * The tokens that policy asked for.
   */
  readonly to: number;
}
/**
 * Keyed digests: equal text gives equal digests within one recording, and nothing else can be told.
 */
export interface RecordedDigests {
  /**
   * Of the messages.
   */
  readonly prompt?: string | null;
  /**
   * Of the instructions; null without any.
   */
  readonly system?: string | null;
  /**
   * Of the tool definitions; null without any.
   */
  readonly tools?: string | null;
}
/**
 * What the gateway knew when it decided. What is absent was never recorded.
 */
export interface RecordedFacts {
  /**
   * The clock, in ms since 1970.
   */
  readonly nowMs?: number;
  /**
   * The draw of a weighted choice, in [0, 1).
   */
  readonly draw?: number;
  /**
   * Secrets without a value.
   */
  readonly secretsMissing?: readonly string[];
  /**
   * Breakers that were not closed, by `chain/target`.
   */
  readonly breakers?: {
    readonly [k: string]: 'open' | 'half-open';
  };
  /**
   * Budget counters read, by counter key, in micro-USD or counts.
   */
  readonly counters?: {
    readonly [k: string]: RecordedCounter;
  };
  /**
   * Recent latency in ms, by `chain/target`.
   */
  readonly latencies?: {
    readonly [k: string]: number;
  };
  /**
   * Calls in flight, by `chain/target`.
   */
  readonly inFlight?: {
    readonly [k: string]: number;
  };
  readonly cache?: RecordedCacheLookup;
  /**
   * Draws of sticky choices, by chain: they stand in for the session id, which is never recorded.
   */
  readonly stickyDraws?: {
    readonly [k: string]: number;
  };
  /**
   * True when the budget store could not be read, so that budgets decided by their fail mode.
   */
  readonly countersUnread?: boolean;
  /**
   * Providers that this version could not call.
   */
  readonly unsupportedProviders?: readonly string[];
}
/**
 * State of one counter.
 */
export interface RecordedCounter {
  /**
   * Settled.
   */
  readonly spent: number;
  /**
   * Held by requests under way.
   */
  readonly held: number;
}
/**
 * What the cache look-up found.
 */
export interface RecordedCacheLookup {
  /**
   * The result.
   */
  readonly result: 'hit' | 'semantic-hit' | 'shared' | 'stale' | 'miss' | 'refresh' | 'bypass' | 'off';
  /**
   * Age of the entry; null without one.
   */
  readonly ageMs?: number | null;
  /**
   * Similarity, for a semantic hit.
   */
  readonly similarity?: number;
  /**
   * Digest of the question whose answer was given, for a semantic hit.
   */
  readonly matched?: string;
  /**
   * What the answer cost when it was made, and so what giving it again saved.
   */
  readonly savedMicroUsd?: number;
  readonly shadow?: RecordedShadowHit;
}
/**
 * What a semantic rule in shadow would have answered.
 */
export interface RecordedShadowHit {
  /**
   * Similarity of the two questions.
   */
  readonly similarity: number;
  /**
   * Digest of the question that was found.
   */
  readonly matched: string;
}
/**
 * What was decided before the first call.
 */
export interface RecordedDecision {
  /**
   * The route that won; null for none.
   */
  readonly route: string | null;
  /**
   * Its chain; null without one.
   */
  readonly chain?: string | null;
  /**
   * Whether the request was allowed.
   */
  readonly allowed: boolean;
  /**
   * Status of a refusal; null when allowed.
   */
  readonly status?: number | null;
  /**
   * Error code of a refusal; null when allowed.
   */
  readonly code?: string | null;
  /**
   * What a refusal said; null when allowed.
   */
  readonly reason?: string | null;
  /**
   * The targets that could be called, in order, as `chain/target`.
   */
  readonly targets?: readonly string[];
  /**
   * Targets that could not be called.
   */
  readonly skipped?: readonly RecordedSkip[];
  /**
   * What else policy did.
   */
  readonly notes?: readonly (
    'budget-warn' | 'budget-downgrade' | 'budget-fails-open' | 'budget-last-known' | 'output-clamped' | 'input-trimmed'
  )[];
  /**
   * What was held.
   */
  readonly reservations?: readonly RecordedReservation[];
  /**
   * True for a plan from a compatibility header, which no policy document can reproduce.
   */
  readonly inline?: boolean;
}
/**
 * One target and why.
 */
export interface RecordedSkip {
  /**
   * The target, as `chain/target`.
   */
  readonly target: string;
  /**
   * Why.
   */
  readonly reason:
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
  /**
   * What was missing.
   */
  readonly detail?: string | null;
}
/**
 * One hold.
 */
export interface RecordedReservation {
  /**
   * Key of the counter.
   */
  readonly counter: string;
  /**
   * The budget.
   */
  readonly budget: string;
  /**
   * Micro-USD or a count.
   */
  readonly amount: number;
}
/**
 * One call upstream; times in ms since the request came.
 */
export interface RecordedAttempt {
  /**
   * The target, as `chain/target`.
   */
  readonly target: string;
  /**
   * Its provider.
   */
  readonly provider?: string;
  /**
   * Its model by its catalogue name; null when the catalogue does not know it.
   */
  readonly model?: string | null;
  /**
   * How it ended.
   */
  readonly outcome:
    | 'ok'
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
    | 'cancelled';
  /**
   * Status of the answer; null without one.
   */
  readonly status?: number | null;
  /**
   * When it began.
   */
  readonly startedMs?: number;
  /**
   * When the first content came; null for none.
   */
  readonly firstTokenMs?: number | null;
  /**
   * How long it took.
   */
  readonly durationMs?: number;
  /**
   * How long was waited before it.
   */
  readonly waitMs?: number;
  /**
   * Tokens used; null when nothing is known to be billed.
   */
  readonly usage?: RecordedUsage | null;
  /**
   * Images made, which are priced by the piece; absent for none.
   */
  readonly images?: number;
  /**
   * Searches billed, each at the price of a call; absent means one.
   */
  readonly searchUnits?: number;
  /**
   * Whether the tokens were counted locally.
   */
  readonly estimated?: boolean;
  /**
   * What it cost, in micro-USD; null without a price or usage.
   */
  readonly costMicroUsd?: number | null;
  /**
   * Whether the provider charges for it.
   */
  readonly billed?: boolean;
  /**
   * Why it was made: the failure or gate before it; null for the first.
   */
  readonly reason?: string | null;
  /**
   * What the provider asked to wait.
   */
  readonly retryAfterMs?: number | null;
  /**
   * Why no connection was made, and what can be done about it.
   */
  readonly problem?: string;
}
/**
 * What the caller got.
 */
export interface RecordedOutcome {
  /**
   * Status of the answer.
   */
  readonly status: number;
  /**
   * Error code; null for none.
   */
  readonly code?: string | null;
  /**
   * The target that answered; null for none.
   */
  readonly target?: string | null;
  /**
   * Fields of the request that the target could not express and the route lets go, by their paths; absent for none.
   *
   * @maxItems 32
   */
  readonly droppedParams?: readonly string[];
  /**
   * What crossing between dialects left out beside droppedParams; absent for nothing. Names hold no text of prompt or answer.
   */
  readonly lost?: {
    /**
     * What the target has no use or no place for and what changes nothing about what is asked: marks of the prompt cache, sources of earlier answers, thought signatures of other providers.
     *
     * @maxItems 32
     */
    readonly request?: readonly string[];
    /**
     * What of the answer the caller's dialect has no place for.
     *
     * @maxItems 32
     */
    readonly answer?: readonly string[];
  };
  /**
   * Its provider.
   */
  readonly provider?: string | null;
  /**
   * Its model.
   */
  readonly model?: string | null;
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
   * Whether a lower tier answered.
   */
  readonly degraded?: boolean;
  /**
   * What the answer said about the cache.
   */
  readonly cache?: 'hit' | 'semantic-hit' | 'shared' | 'stale' | 'miss' | 'refresh' | 'bypass' | 'off';
  /**
   * Whether it was a stream.
   */
  readonly streamed?: boolean;
  /**
   * Why the model stopped.
   */
  readonly finish?: string | null;
  /**
   * Whether the answer came to its end.
   */
  readonly complete?: boolean;
  /**
   * Tokens of the answer that was served; null when nothing is known.
   */
  readonly usage?: RecordedUsage | null;
  /**
   * Whether tokens were counted locally.
   */
  readonly estimated?: boolean;
  /**
   * What the request cost in all, in micro-USD; null when unknown.
   */
  readonly costMicroUsd?: number | null;
  /**
   * Where the price was read; null without one: then what was held was charged.
   */
  readonly costSource?: string | null;
  /**
   * What a cached answer saved, in micro-USD.
   */
  readonly savedMicroUsd?: number;
  /**
   * Budgets on which the request was charged more than was held for it, each with the excess in its unit: a provider billed beyond the bound.
   */
  readonly overruns?: readonly RecordedOverrun[];
  /**
   * Until the answer was complete.
   */
  readonly durationMs?: number;
  /**
   * Until the first content; null for none.
   */
  readonly firstTokenMs?: number | null;
  /**
   * What the gateway itself added.
   */
  readonly overheadMs?: number;
}
/**
 * One budget, and what was charged beyond the hold.
 */
export interface RecordedOverrun {
  /**
   * The budget.
   */
  readonly budget: string;
  /**
   * The excess: micro-USD for cost, else a count.
   */
  readonly amount: number;
}
/**
 * What one check came to.
 */
export interface RecordedFinding {
  /**
   * The guardrail.
   */
  readonly guardrail: string;
  /**
   * The check's id.
   */
  readonly check: string;
  /**
   * Where.
   */
  readonly stage: 'input' | 'output';
  /**
   * What followed. `pass`: looked at everything and found nothing; `not_evaluated`: nobody looked, or nobody could say, which is no pass.
   */
  readonly action: 'pass' | 'flag' | 'mask' | 'block' | 'not_evaluated';
  /**
   * How many.
   */
  readonly count: number;
}

/**
 * Tokens in disjoint classes.
 */
export interface RecordedUsage {
  /**
   * Fresh input tokens.
   */
  readonly input: number;
  /**
   * Input tokens read from the provider's prompt cache.
   */
  readonly cacheRead: number;
  /**
   * Input tokens written to a prompt cache for minutes.
   */
  readonly cacheWrite: number;
  /**
   * Input tokens written to a prompt cache for an hour.
   */
  readonly cacheWrite1h: number;
  /**
   * Visible output tokens.
   */
  readonly output: number;
  /**
   * Reasoning tokens.
   */
  readonly reasoning: number;
  /**
   * Audio input tokens.
   */
  readonly audioInput: number;
  /**
   * Audio output tokens.
   */
  readonly audioOutput: number;
}
