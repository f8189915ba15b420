import type { DialectName, Endpoint, Glob, MicroUsd } from '#core';
import type { Predicate } from './predicate.ts';
import type { RoutePrompt } from './prompt.ts';

/** Which requests go where, and under which rules. */
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
  readonly prompt: RoutePrompt;
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

/** What tags a route whose answers are about now, or about one person: none is given twice. */
export const LIVE_TAGS: ReadonlySet<string> = new Set(['realtime', 'personalised', 'personalized']);

/** Whether the tags of a route forbid to give an answer again. Pure. */
export function isLive(tags: readonly string[]): boolean {
  return tags.some((tag) => LIVE_TAGS.has(tag));
}

/** The conditions of a route: all given ones must hold; null or empty means not given. */
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
