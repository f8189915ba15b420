import type { Consumer, Model } from '#snapshot';
import { fitsAny, fitsModel } from './fits-matcher.ts';

/** The names under which permissions look at a model: as the caller wrote it, and as the catalogue calls it (null when it does not know it). */
export interface ModelNames {
  readonly asSent: string;
  readonly resolved: string | null;
  readonly model: Model | null;
}

/**
 * Whether a consumer may use a model. `allow` holds when a pattern fits the name as sent or the catalogue name; `deny` when a pattern fits any
 * name the model is known by, since a refusal must not depend on the spelling that a caller chose. Pure.
 */
export function mayUseModel(consumer: Consumer, names: ModelNames): boolean {
  if (isDenied(consumer, names)) return false;
  return consumer.allow.models === null || fitsModel(consumer.allow.models, names.asSent, names.resolved);
}

function isDenied(consumer: Consumer, { asSent, resolved, model }: ModelNames): boolean {
  const patterns = consumer.deny.models;
  if (patterns.length === 0) return false;
  if (fitsModel(patterns, asSent, resolved)) return true;
  if (model === null) return false;
  return fitsAny(patterns, model.upstreamName) || model.aliases.some((alias) => fitsAny(patterns, alias));
}
