import type { ServerResponse } from 'node:http';
import type { Cancellation } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { standIn } from './answer-through-cache.ts';
import { type CacheQuestion, cacheCall } from './cache-call.ts';
import { serveKept } from './serve-kept.ts';

/**
 * After a refusal for want of any target (every breaker open): an old answer where the rules allow one, and null to say that the caller has it. Throws the
 * refusal again otherwise.
 */
export async function answerWhileDown(
  parts: GatewayParts,
  progress: Progress,
  question: Omit<CacheQuestion, 'chain'>,
  refusal: unknown,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<null> {
  const cached = cacheCall(progress, { ...question, chain: question.route.chain });
  const old = cached === null ? null : await standIn(parts, progress, cached, null, refusal);
  if (cached === null || old === null) throw refusal;
  const use = {
    result: old.freshness === 'fresh' ? ('hit' as const) : ('stale' as const),
    similarity: null,
    matched: null,
  };
  await serveKept(parts, progress, cached.rule, old.answer, use, cancellation, reply);
  return null;
}
