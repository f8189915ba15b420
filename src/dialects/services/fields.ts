import { invalidField, isObject, type JsonObject, type ServiceResponse, type StreamError, type Usage } from '#core';
import type { OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { applyQuirks, withParams } from './policy.ts';

/** The model that a body names. Throws `invalid_request`. Pure. */
export function modelOf(body: JsonObject): string {
  const { model } = body;
  if (typeof model !== 'string' || model === '') throw invalidField('model', 'expected the name of a model');
  return model;
}

/** A field that must be a text with something in it. Throws `invalid_request`. Pure. */
export function textOf(body: JsonObject, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') throw invalidField(key, 'expected a text');
  return value;
}

/** A field that must be a list of texts. Throws `invalid_request`. Pure. */
export function textsOf(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidField(path, 'expected a list of texts');
  for (const [at, item] of value.entries()) {
    if (typeof item !== 'string') throw invalidField(`${path}[${at}]`, 'expected a text');
  }
  return value;
}

/** A whole number from 1, or undefined where absent; forms send it as text. Throws `invalid_request`. Pure. */
export function countOf(body: JsonObject, key: string): number | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined) return undefined;
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw invalidField(key, 'expected a whole number from 1');
  }
  return count;
}

/** The caller's body with what policy and the provider's quirks change. Pure. */
export function passAt(path: string): (body: JsonObject, target: OutboundTarget) => PassedRequest {
  return (body, target) => {
    const lost: string[] = [];
    const wanted = { ...withParams(body, target.params), model: target.upstreamModel };
    const edits = editsBetween(body, applyQuirks(wanted, target.quirks, lost));
    return { path, query: {}, headers: {}, edits, lost };
  };
}

/** What an answer that is none of the dialect's is reported as. */
export function malformed(message: string): StreamError {
  return { reason: 'malformed', message };
}

/** Reads an answer that passes as it is: an object with that list in it. Pure. */
export function readAsIs(
  value: unknown,
  list: string,
  more: (body: JsonObject) => {
    readonly images: number;
    readonly texts: readonly string[];
    readonly usage: Usage | undefined;
  },
): ServiceResponse | StreamError {
  if (!isObject(value) || value[list] === undefined) return malformed(`The answer holds no ${list}.`);
  const { images, texts, usage } = more(value);
  return { kind: 'as-is', body: value, images, texts, ...(usage === undefined ? {} : { usage }) };
}

/** Writes such an answer. Pure. */
export function asIs(response: ServiceResponse): JsonObject {
  if (response.kind !== 'as-is') throw new Error('an answer of another kind');
  return response.body;
}
