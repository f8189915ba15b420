import { type CachedAnswer, jitterOf, keepForMs, whyNotKept, writeCachedAnswer } from '#cache';
import type { NeutralResponse } from '#core';
import type { Executed, Served } from '#upstream';
import { isDegraded } from '../answer-headers.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { account, knownCost } from '../settle-request.ts';
import type { CacheCall } from './cache-call.ts';

/** Keeps a complete answer where the rules allow it; never rejects, since its caller has the answer already. */
export async function keepAnswer(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  served: Served,
  response: NeutralResponse,
  streamMs: number,
): Promise<void> {
  const { rule, key, neutral, route } = cached;
  const { target, dropped } = served;
  const isLower = isDegraded({ ...progress, served });
  if (whyNotKept(rule, neutral, response, { isDegraded: isLower, dropped }) !== null) return;
  account(progress);
  const storedAtMs = parts.nowMs();
  const answer: CachedAnswer = {
    response: { ...response, extra: {} },
    raw: rawOf(progress, served, response),
    target: target.id,
    provider: target.provider.name,
    model: target.model,
    costMicroUsd: knownCost(progress),
    storedAtMs,
    jitter: jitterOf(parts.draw()),
    revision: progress.snapshot.revision,
    streamMs,
  };
  const text = writeCachedAnswer(answer);
  if (Buffer.byteLength(text) > rule.maxEntryBytes) return;
  const labels = {
    cache: rule.name,
    route: route.name,
    consumer: progress.request?.consumer ?? '',
    tags: route.tags,
  };
  try {
    const expiresAtMs = storedAtMs + keepForMs(rule, answer.jitter);
    await parts.cache.answers.put({ key, labels, storedAtMs, expiresAtMs, text });
    if (cached.meaning !== null) await parts.cache.questions.put({ key, expiresAtMs, ...cached.meaning });
  } catch (error) {
    parts.log.warn({ err: error, requestId: progress.call.id }, 'an answer could not be kept');
  }
}

/** What the neutral form has no place for stays in the bytes: most callers come again in the same dialect. */
function rawOf(
  { call }: Progress,
  served: Served & Partial<Pick<Extract<Executed, { kind: 'json' }>, 'bytes'>>,
  { choices }: NeutralResponse,
): CachedAnswer['raw'] {
  const { bytes } = served;
  const hasCalls = choices.some(({ content }) => content.some(({ kind }) => kind === 'tool-call'));
  if (bytes == null || hasCalls) return null;
  return { dialect: call.dialect.name, body: Buffer.from(bytes).toString('utf8') };
}
