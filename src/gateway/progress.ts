import type { ErrorCode, JsonObject, NeutralResponse } from '#core';
import type { Attempt, Decision, Facts, RequestFacts, Settlement } from '#decision';
import type { RequestShape } from '#dialects';
import type { RenderedPrompt, Snapshot } from '#snapshot';
import type { CounterChange } from '#state';
import type { TraceContext } from '#telemetry';
import type { Served, ServiceCall } from '#upstream';
import type { ActivePolicies } from './active-policies.ts';
import { type CacheUse, NO_CACHE } from './cache/cache-use.ts';
import type { GuardUse } from './guard/guard-use.ts';
import type { Caller } from './identify.ts';
import type { InboundCall } from './inbound-call.ts';
import type { SaidTexts } from './said-texts.ts';

/** What has become known of a request so far: filled in step by step, read by headers, settling and the record. */
export interface Progress {
  readonly call: InboundCall;
  readonly active: ActivePolicies;
  /** The pinned snapshot, with the chain of a compatibility header where one came. */
  snapshot: Snapshot;
  caller: Caller | null;
  body: JsonObject | null;
  /** The body as it goes on: the caller’s, or with what guardrails masked. */
  bytes: Uint8Array;
  shape: RequestShape | null;
  /** What is asked for, where it is no chat. */
  service: ServiceCall | null;
  request: RequestFacts | null;
  route: string | null;
  /** What the route adds to the instructions, the request's values in place. */
  prompt: RenderedPrompt;
  facts: Facts | null;
  decision: Decision | null;
  /** What is kept with the hold. */
  memo: string;
  /** Whether the store holds the decision's reservations. */
  isHeld: boolean;
  /** The store could not say whether it holds them, or was not asked because it was away: the account is settled under the request's id all the same. */
  isUnheld: boolean;
  served: Served | null;
  /** Attempts that have ended, in order. */
  attempts: readonly Attempt[];
  /** A plan of a compatibility header, which no policy document can reproduce. */
  isInline: boolean;
  settlement: Settlement | null;
  /** Resolves when the store has the account, or cannot take it now; null before the account is closed. */
  settled: Promise<readonly CounterChange[]> | null;
  /** Null where the route has no guardrails. */
  guard: GuardUse | null;
  /** What the cache said. */
  cache: CacheUse;
  /** What of the answer the caller's dialect could not express, by short names. */
  readonly lost: Set<string>;
  /** What the caller was answered; 499 when it hung up before an answer. */
  status: number;
  errorCode: ErrorCode | null;
  finish: string | null;
  /** What the caller was answered; null unless policy captures content. */
  answer: NeutralResponse | null;
  /** What was said in a call that is no chat; null for a chat, and unless policy captures content. */
  said: SaidTexts | null;
  /** A stream that had begun and did not come to its end. */
  isCut: boolean;
  firstByteMs: number | null;
  /** Where the request stands in a trace; null until a provider was told of it. */
  trace: TraceContext | null;
  /** The last provider's headers that a caller may see beside an error, such as rate limits. */
  providerHeaders: Readonly<Record<string, string>>;
}

/** The status that stands in the record when the caller hung up first, as nginx writes it. */
export const CLIENT_CLOSED = 499;

const NO_TEXTS: RenderedPrompt = Object.freeze({ prepend: null, append: null });

/** A request of which nothing is known but its bytes. */
export function beginProgress(call: InboundCall, active: ActivePolicies): Progress {
  return {
    call,
    active,
    snapshot: active.snapshot,
    caller: null,
    body: null,
    bytes: call.bytes,
    shape: null,
    service: null,
    request: null,
    route: null,
    prompt: NO_TEXTS,
    facts: null,
    decision: null,
    memo: '',
    isHeld: false,
    isUnheld: false,
    served: null,
    attempts: [],
    isInline: false,
    settlement: null,
    settled: null,
    guard: null,
    cache: NO_CACHE,
    lost: new Set(),
    status: CLIENT_CLOSED,
    errorCode: null,
    finish: null,
    answer: null,
    said: null,
    isCut: false,
    firstByteMs: null,
    trace: null,
    providerHeaders: {},
  };
}
