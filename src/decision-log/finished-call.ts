import type { DialectName, Endpoint, JsonObject } from '#core';
import type { Attempt, Decision, Facts, PlanTarget, RequestFacts, Settlement } from '#decision';
import type { Snapshot } from '#snapshot';
import type { RecordedCacheLookup, RecordedFinding, RecordedOutcome } from './record.gen.ts';

/** Everything there is to know of a request that has ended. What a refused request never reached is null. */
export interface FinishedCall {
  readonly id: string;
  readonly startedMs: number;
  readonly endpoint: Endpoint;
  readonly dialect: DialectName;
  readonly path: string;
  readonly snapshot: Snapshot;
  readonly request: RequestFacts | null;
  readonly keyId: string | null;
  /** The caller's body, for keyed digests: never kept. */
  readonly body: JsonObject | null;
  /** The first characters of the question, masked; null unless policy keeps them. */
  readonly prefix?: string | null;
  readonly route: string | null;
  readonly facts: Facts | null;
  /** Draws of sticky choices by chain, in place of the session. */
  readonly stickyDraws: Readonly<Record<string, number>>;
  readonly decision: Decision | null;
  /** A plan of a compatibility header, which no policy document can reproduce. */
  readonly isInline: boolean;
  readonly attempts: readonly Attempt[];
  readonly served: {
    readonly target: PlanTarget;
    readonly fallback: RecordedOutcome['fallback'];
    /** What the target could not express, by the caller's field paths. */
    readonly dropped?: readonly string[];
    /** What it could not express and does not need to be asked about. */
    readonly hints?: readonly string[];
  } | null;
  /** What of the answer the caller's dialect could not express. */
  readonly lost?: readonly string[];
  readonly settlement: Settlement | null;
  /** What the cache said; null where none had a say. */
  readonly cache: {
    readonly lookup: RecordedCacheLookup;
    /** Who made a kept answer. */
    readonly provider: string | null;
    readonly model: string | null;
  } | null;
  /** What guardrails came to; never any text. */
  readonly guardrails?: readonly RecordedFinding[];
  readonly status: number;
  readonly code: string | null;
  readonly finish: string | null;
  readonly isComplete: boolean;
  readonly firstByteMs: number | null;
  /** From the first byte of the request to the last of the answer. */
  readonly durationMs: number;
  /** `budget 80%` for every threshold that this request's charge crossed. */
  readonly alerts: readonly string[];
}
