import type {
  GatewayError,
  JsonObject,
  NeutralEvent,
  NeutralRequest,
  NeutralResponse,
  ServiceResponse,
  Usage,
} from '#core';
import type { Attempt, Next, Plan, PlanTarget, SkippedTarget } from '#decision';
import type { Dialect, InboundContext } from '#dialects';
import type { Cancellation } from './cancellation.ts';
import type { ServiceCall } from './service-call.ts';

/** One request to be answered along a plan. */
export interface ExecuteCall {
  readonly requestId: string;
  /** When the request began, ms since 1970; attempt times count from it. */
  readonly startedMs: number;
  readonly plan: Plan;
  readonly route: RoutePolicy;
  readonly inbound: Inbound;
  /** The catalogue: what a target's model can do. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  /**
   * `bytes` lets a same-dialect answer through as it comes; `events` asks for the neutral form always, for output guardrails; `both` gives a same-dialect answer in
   * either form at once, for caches.
   */
  readonly form: 'bytes' | 'events' | 'both';
  /** Told when the client hangs up. */
  readonly cancellation: Cancellation;
  /** A key that stands in for the provider's own for this call only; null to use the policy's. Never stored, never logged. */
  readonly keyFor?: (target: PlanTarget) => string | null;
  /**
   * Asked before a further attempt when an earlier one was billed: the place to raise the holds. An error ends the request.
   */
  readonly beforeFurtherAttempt?: (attempts: readonly Attempt[]) => Promise<GatewayError | null>;
  readonly onAttemptStarted?: (target: PlanTarget) => void;
  /** Called once for each started attempt, also when it is cancelled; a stream's when it has ended. */
  readonly onAttemptEnded?: (target: PlanTarget, attempt: Attempt) => void;
}

/** What the route says about the call. */
export interface RoutePolicy {
  readonly prompt: { readonly prepend: string | null; readonly append: string | null };
  readonly unsupportedParams: 'reject' | 'drop' | 'requireParameters';
}

/** The request as its caller sent it. */
export interface Inbound {
  readonly dialect: Dialect;
  readonly context: InboundContext;
  readonly body: JsonObject;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: boolean;
  readonly streamUsage: boolean;
  /** The estimate policy decided by; stands in where a provider reports no usage. */
  readonly inputTokens: number;
  /** `x-signalbox-metadata`, for the sandbox's directives. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What is asked for, where it is no chat. */
  readonly service?: ServiceCall;
  /** The `traceparent` of an attempt, counted from 0; null for none. Absent: the caller's own goes on. */
  readonly traceparentOf?: ((attempt: number) => string | null) | undefined;
  /** Headers that a compatibility configuration forwards to the provider, as a flat list. */
  readonly forward?: readonly string[];
}

/** What the catalogue says about a model. */
export interface ModelFacts {
  readonly maxOutput: number | null;
  readonly capabilities: ReadonlySet<string> | null;
}

/** Who answered, and how it came to that. */
export interface Served {
  readonly target: PlanTarget;
  readonly via: Extract<Next, { kind: 'attempt' }>['via'];
  /** Value of `x-signalbox-fallback`; null on the first configured target. */
  readonly fallback: Extract<Next, { kind: 'attempt' }>['fallback'];
  /** Attempts that have ended, in order: a stream's own follows in `StreamEnd`. */
  readonly attempts: readonly Attempt[];
  /** Targets that turned out unfit on the way. */
  readonly skipped: readonly SkippedTarget[];
  /** The provider's headers for the caller. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the served dialect could not express, by the caller's field path. */
  readonly dropped: readonly string[];
  /** What it has no place or no use for, and what changes nothing about what is asked: marks of a prompt cache, sources of earlier answers. */
  readonly hints: readonly string[];
}

/** How a request ended, or, for a stream, that its first content is here. */
export type Executed =
  /** `bytes` in the caller's dialect unless the form is `events`, else null; `response` is null only where the endpoint is not a chat. */
  | (Served & {
      readonly kind: 'json';
      readonly bytes: Uint8Array | null;
      readonly response: NeutralResponse | null;
      /** The same of an endpoint that is no chat; null of a chat. */
      readonly serviceResponse: ServiceResponse | null;
      readonly usage: Usage;
      readonly estimated: boolean;
    })
  /** `contentType` is set for an answer that passes unread, as the provider labels it. */
  | (Served & { readonly kind: 'stream'; readonly stream: AnswerStream; readonly contentType: string | null })
  | {
      readonly kind: 'failed';
      readonly error: GatewayError;
      readonly attempts: readonly Attempt[];
      readonly skipped: readonly SkippedTarget[];
      /** Headers of the last answer for the caller, such as rate limits. */
      readonly headers: Readonly<Record<string, string>>;
    }
  /** The client hung up; `attempts` hold what was spent, after a drain where the provider's policy is one. */
  | { readonly kind: 'cancelled'; readonly attempts: readonly Attempt[]; readonly skipped: readonly SkippedTarget[] };

/** A stream past its commit point, halted until started. It must be started, or cancelled. */
export interface AnswerStream {
  /** `bytes`: frames in the caller's dialect, as they came; `events`: neutral events; `both`: frames with the events that they hold. */
  readonly form: 'bytes' | 'events' | 'both';
  /** Hands everything to the sink and resolves when the stream is over; never rejects. */
  readonly start: (sink: StreamSink) => Promise<StreamEnd>;
}

/** Where a stream goes. The write functions return false when the reader is slow: nothing more comes until it drains. */
export interface StreamSink {
  readonly bytes: (bytes: Uint8Array) => boolean;
  readonly events: (events: readonly NeutralEvent[]) => boolean;
  /** Takes a stream of the form `both`; the frames are null where events came without any. */
  readonly both?: (bytes: Uint8Array | null, events: readonly NeutralEvent[]) => boolean;
  /** Registers what to call when the sink can take more. */
  readonly onDrain: (resume: () => void) => void;
}

/** The account of a stream that is over. */
export interface StreamEnd {
  /** The attempt that served. */
  readonly attempt: Attempt;
  readonly usage: Usage;
  readonly estimated: boolean;
  readonly finish: string | null;
  /** Whether the answer came to its end; false after an error or a hang-up. */
  readonly complete: boolean;
  /** Whether the bytes held the dialect's own terminator; where not, the caller's stream still needs one. */
  readonly terminated: boolean;
  /** Those bytes, kept back from the sink: they are the last to be written. Null where there were none, and with form `events`. */
  readonly terminator: Uint8Array | null;
  /** `stream_interrupted`: to be written as an explicit error event. Null after a normal end and after a hang-up. */
  readonly error: GatewayError | null;
  readonly cancelled: boolean;
}

/** The neutral request, read at most once. */
export type ReadNeutral = () => NeutralRequest;
