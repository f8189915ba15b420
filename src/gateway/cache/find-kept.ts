import { type CachedAnswer, type Freshness, freshnessOf, readCachedAnswer } from '#cache';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { type CacheCall, mayHave } from './cache-call.ts';

/** A kept answer that this caller may have, and what it is good for now. */
export interface Kept {
  readonly answer: CachedAnswer;
  readonly freshness: Exclude<Freshness, 'expired'>;
}

/** Looks an answer up by its key. A store that cannot be read is a miss: a cache is no reason to fail. */
export async function findKept(
  parts: GatewayParts,
  progress: Progress,
  { rule }: CacheCall,
  key: string,
): Promise<Kept | null> {
  try {
    const found = await parts.cache.answers.get(key);
    const answer = found === null ? null : readCachedAnswer(found.text);
    if (answer === null || !mayHave(progress, answer)) return null;
    const freshness = freshnessOf(rule, answer, parts.nowMs());
    return freshness === 'expired' ? null : { answer, freshness };
  } catch (error) {
    parts.log.warn({ err: error, requestId: progress.call.id }, 'the cache cannot be read; the provider is asked');
    return null;
  }
}
