import { parseDuration, parseMoney } from '#core';
import type { ChainSpec, RouteSpec } from '#snapshot';
import type { LintContext } from './context.ts';
import { type Hop, hopsOf } from './hops.ts';
import type { Item } from './item.ts';
import { costOfTokens } from './model-price.ts';

/** The most that one request on a route can do. */
export interface WorstCase {
  readonly environment: string;
  readonly route: string;
  readonly chain: string;
  /** Calls to providers. */
  readonly attempts: number;
  /** Until the caller has an answer or an error; null when a target has no total timeout and the chain no deadline. */
  readonly milliseconds: number | null;
  /** The dearest single answer; null when a model has no price or no bound. */
  readonly answerMicroUsd: number | null;
  /** Every attempt billed at its worst; null as above. */
  readonly requestMicroUsd: number | null;
  readonly dearestModel: string | null;
}

const DEFAULT_ATTEMPTS = 8;

/** The worst case of every route with a chain, by name. Pure. */
export function worstCasesOf(context: LintContext): readonly WorstCase[] {
  return context
    .every('Route')
    .map((route) => worstCaseOf(context, route))
    .filter((worst) => worst !== null);
}

/**
 * Attempts, time and money of the worst request that a route lets through to its chain; null for a route without a chain. Bounds are those of the route,
 * else of each model. Pure.
 */
export function worstCaseOf(context: LintContext, route: Item<RouteSpec>): WorstCase | null {
  const chain = context.find('Chain', route.spec.chain ?? '');
  if (!chain) return null;
  const hops = hopsOf(context, chain);
  const calls = callsOf(chain, hops);
  const costs = hops.map((hop) => costOf(hop, route, context.nowMs));
  const dearest = costs.indexOf(Math.max(...costs.map((cost) => cost ?? 0)));
  const isPriced = hops.length > 0 && costs.every((cost) => cost !== null);
  return {
    environment: context.environment,
    route: route.name,
    chain: chain.name,
    attempts: calls.length,
    milliseconds: timeOf(chain, calls),
    answerMicroUsd: isPriced ? Math.max(...costs.map((cost) => cost ?? 0)) : null,
    requestMicroUsd: isPriced ? dearestSum(hops, costs, calls.length) : null,
    dearestModel: hops[dearest]?.target.model ?? null,
  };
}

/** The calls of one request when every one fails and is retried as often as it may, at most `maxAttempts`. */
function callsOf({ spec }: Item<ChainSpec>, hops: readonly Hop[]): readonly Hop[] {
  const all = hops.flatMap((hop) => Array.from({ length: 1 + (hop.retry.max ?? 0) }, () => hop));
  return all.slice(0, spec.maxAttempts ?? DEFAULT_ATTEMPTS);
}

/** Every attempt as long as its total timeout, and the longest waits between retries; the deadline cuts it all. */
function timeOf({ spec }: Item<ChainSpec>, calls: readonly Hop[]): number | null {
  const deadlineMs = spec.deadline === undefined ? null : parseDuration(spec.deadline);
  let elapsedMs = 0;
  for (const [at, { timeouts, retry, target }] of calls.entries()) {
    const totalMs = timeouts.total === undefined ? null : parseDuration(timeouts.total);
    if (totalMs === null) return deadlineMs;
    const made = calls.slice(0, at).filter((call) => call.target === target).length;
    elapsedMs += totalMs + (made === 0 ? 0 : waitOf(retry, made - 1));
  }
  return deadlineMs === null ? elapsedMs : Math.min(deadlineMs, elapsedMs);
}

/** What the provider may ask for, or the backoff, whichever is longer. */
function waitOf(retry: Hop['retry'], retriesMade: number): number {
  const initialMs = parseDuration(retry.initial ?? '') ?? 200;
  const capMs = parseDuration(retry.cap ?? '') ?? 5000;
  const backoffMs = Math.min(capMs, initialMs * (retry.factor ?? 2) ** retriesMade);
  if (retry.respectRetryAfter === false) return backoffMs;
  return Math.max(backoffMs, parseDuration(retry.maxRetryAfter ?? '') ?? 20_000);
}

function costOf({ model }: Hop, { spec: { limits = {} } }: Item<RouteSpec>, nowMs: number): number | null {
  const { contextWindow, maxOutput, capabilities } = model?.spec ?? {};
  const output = capabilities?.includes('embeddings') ? 0 : least(limits.maxOutputTokens, maxOutput, contextWindow);
  const room =
    contextWindow === undefined || limits.maxOutputTokens === undefined ? contextWindow : contextWindow - (output ?? 0);
  const input = least(limits.maxInputTokens, room);
  if (input === null || output === null) return null;
  const cost = costOfTokens(model?.spec, { input: Math.max(0, input), output, nowMs });
  const ceiling = limits.maxRequestCost === undefined ? null : parseMoney(limits.maxRequestCost);
  return cost === null || ceiling === null ? cost : Math.min(cost, ceiling);
}

/** The calls that together cost the most, each target as often as it may be called. */
function dearestSum(hops: readonly Hop[], costs: readonly (number | null)[], attempts: number): number {
  const all = hops.flatMap((hop, at) => Array.from({ length: 1 + (hop.retry.max ?? 0) }, () => costs[at] ?? 0));
  return all
    .toSorted((a, b) => b - a)
    .slice(0, attempts)
    .reduce((sum, cost) => sum + cost, 0);
}

function least(...bounds: readonly (number | undefined)[]): number | null {
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}
