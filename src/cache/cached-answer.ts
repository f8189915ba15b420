import { asNumber, asObject, asString, isObject, type MicroUsd, type NeutralResponse } from '#core';

/** A kept answer with what is told of it when it is given again. */
export interface CachedAnswer {
  readonly response: NeutralResponse;
  /** The body as it came, for callers of the same dialect who want JSON; null for a stream, or what another way of asking would write differently. */
  readonly raw: { readonly dialect: string; readonly body: string } | null;
  /** `chain/target` that gave it: a caller who may not use that target does not get the answer either. */
  readonly target: string;
  readonly provider: string;
  /** Catalogue name; null for a model that the catalogue does not know. */
  readonly model: string | null;
  /** What the call cost, and so what a hit saves; null where nobody knew. */
  readonly costMicroUsd: MicroUsd | null;
  readonly storedAtMs: number;
  /** The share of its life that jitter takes, 0 to 0.1. */
  readonly jitter: number;
  /** Revision under which it was given. */
  readonly revision: string;
  /** How long the answer took after its first content, for a paced replay. */
  readonly streamMs: number;
}

/** The answer as text for a store. Pure. */
export function writeCachedAnswer(answer: CachedAnswer): string {
  return JSON.stringify(answer);
}

/** Reads what a store gave back; null for anything that is no whole answer. Pure. */
export function readCachedAnswer(text: string): CachedAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const answer = asObject(value);
  const response = asObject(answer.response);
  const isWhole =
    isObject(answer.response) &&
    Array.isArray(response.choices) &&
    response.choices.length > 0 &&
    asString(answer.target) !== undefined &&
    asNumber(answer.storedAtMs) !== undefined &&
    asNumber(answer.jitter) !== undefined;
  return isWhole ? (value as CachedAnswer) : null;
}
