import { asNumber, type JsonObject } from '#core';
import type { Model, Route } from '#snapshot';
import type { RequestFacts } from './types.ts';

/** What bounds the output of one target. */
export interface OutputCap {
  /** The smallest bound that the request, the route and the model set; null when none does. */
  readonly bound: number | null;
  /** What policy has to write into the request: the bound where it is smaller than the one asked for, or where only the route sets one. */
  readonly set: number | null;
  /** Whether more was asked for than is given. */
  readonly isClamped: boolean;
}

/** Spellings of the output bound among a target's parameters. */
const OUTPUT_PARAMS = ['maxOutputTokens', 'max_output_tokens', 'max_completion_tokens', 'max_tokens'];

/**
 * The smallest of the request's, the route's and the model's output bound; a target's own parameter stands in for the request's. A model's own
 * limit alone is left unsaid upstream. Pure.
 */
export function outputCapOf(
  request: RequestFacts,
  route: Route,
  target: { readonly model: Model | null; readonly params: JsonObject },
): OutputCap {
  const asked = outputParam(target.params) ?? request.maxOutputTokens;
  const policy = smaller(route.limits.maxOutputTokens, target.model?.maxOutput ?? null);
  const bound = smaller(asked, policy);
  if (asked !== null) return { bound, set: bound === asked ? null : bound, isClamped: bound !== asked };
  return { bound, set: route.limits.maxOutputTokens === null ? null : bound, isClamped: false };
}

function outputParam(params: JsonObject): number | null {
  for (const name of OUTPUT_PARAMS) {
    const value = asNumber(params[name]);
    if (value !== undefined) return value;
  }
  return null;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
