import { keepForMs } from '#cache';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import type { CacheCall } from './cache-call.ts';
import { meaningOf } from './find-by-meaning.ts';
import type { Kept } from './find-kept.ts';

/**
 * After a change of embedders: embeds the question of an answer that was just found exactly, in the background and in the caller's name, so that it can be found by its meaning again. Nothing
 * happens where the question is known, or somebody is at it. Never rejects.
 */
export async function embedAnew(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  { answer }: Kept,
): Promise<void> {
  const { rule, key } = cached;
  const { questions } = parts.cache;
  if (rule.semantic === null || !questions.claim(rule.semantic.embedder, key)) return;
  const ended = parts.lifecycle.begin();
  try {
    const meaning = await meaningOf(parts, progress, cached);
    const expiresAtMs = answer.storedAtMs + keepForMs(rule, answer.jitter);
    if (meaning !== null) await questions.put({ key, expiresAtMs, ...meaning });
  } catch (error) {
    parts.log.warn({ err: error, requestId: progress.call.id }, 'a question could not be embedded anew');
  } finally {
    ended();
  }
}
