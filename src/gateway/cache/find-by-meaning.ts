import { facetsOf, findDifference, forwardedForm, lastQuestion, scopeKey } from '#cache';
import { digestOf } from '#core';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import type { CacheCall } from './cache-call.ts';
import { embedQuestion } from './embed-question.ts';
import { findKept, type Kept } from './find-kept.ts';
import type { Meaning } from './meaning.ts';

/** A kept answer to a question that means the same. */
export interface SimilarKept extends Kept {
  readonly similarity: number;
  /** Digest of the question that was found. */
  readonly matched: string;
}

/** The meaning of the last question, for a semantic rule; null where nothing may be compared, or nothing can embed it. */
export async function meaningOf(parts: GatewayParts, progress: Progress, cached: CacheCall): Promise<Meaning | null> {
  const { rule, neutral, keyParts, route } = cached;
  if (rule.mode !== 'semantic' || rule.semantic === null) return null;
  const question = lastQuestion(neutral);
  if (question === null) return null;
  const { text, rest } = question;
  const form = forwardedForm(rest, progress.call.headers);
  const scope = scopeKey({ ...keyParts, form }, facetsOf(text).language);
  const vector = await embedQuestion(parts, progress, route, rule.semantic, text);
  return vector === null ? null : { text, scope, embedder: rule.semantic.embedder, vector };
}

/** The most similar kept answer that is fresh, that this caller may have, and whose question differs in nothing that the rule verifies; else null. */
export async function findByMeaning(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  { text, scope, embedder, vector }: Meaning,
): Promise<SimilarKept | null> {
  const { semantic } = cached.rule;
  if (semantic === null) return null;
  const { questions } = parts.cache;
  const facets = facetsOf(text);
  for (const { item, similarity } of await questions.search(embedder, scope, vector, semantic.threshold)) {
    if (findDifference(facets, facetsOf(item.text), semantic.verify) !== null) continue;
    const kept = await findKept(parts, progress, cached, item.key);
    if (kept === null) questions.forget(item.key);
    else if (kept.freshness === 'fresh') return { ...kept, similarity, matched: digestOf(item.text).slice(0, 32) };
  }
  return null;
}
