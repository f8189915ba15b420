import { asArray, asNumber, asObject, asString } from '#core';
import type { Verdict } from '#guardrails';
import { postJson } from './post-json.ts';
import type { RemoteQuestion } from './remote-question.ts';

/**
 * OpenAI’s `/moderations` (platform.openai.com/docs/api-reference/moderations, read 2026-11), at the provider of the check’s model, with that provider’s key. With a
 * threshold the scores count, else what the model itself flags.
 */
export async function askModeration(question: RemoteQuestion): Promise<Verdict> {
  const { parts, progress, turns, settings } = question;
  if (turns.length === 0) return { kind: 'pass' };
  const { snapshot } = progress.active;
  const named = String(settings.model);
  const model = snapshot.models.get(snapshot.aliases.get(named) ?? named);
  const provider = model === undefined ? undefined : snapshot.providers.get(model.provider);
  if (model === undefined || provider === undefined) throw new Error(`no provider offers the model ${named}`);
  const [reference] = provider.auth.secrets;
  const key = reference === undefined ? null : parts.secrets.resolve(reference);
  const answer = await postJson(
    `${provider.baseUrl.replace(/\/$/, '')}/moderations`,
    JSON.stringify({ model: model.upstreamName, input: turns.map(({ text }) => text) }),
    key === null ? {} : { authorization: `Bearer ${key}` },
    question,
  );
  const results = asArray(answer.results);
  if (results.length === 0) throw new Error('the answer holds no results');
  const counted = new Set(asArray(settings.categories).map((name) => asString(name) ?? ''));
  const found = results.filter((result) => isFlagged(asObject(result), counted, asNumber(settings.threshold)));
  return found.length === 0 ? { kind: 'pass' } : { kind: 'found', count: found.length };
}

function isFlagged(
  { flagged, categories, category_scores }: Readonly<Record<string, unknown>>,
  counted: ReadonlySet<string>,
  threshold: number | undefined,
): boolean {
  if (counted.size === 0 && threshold === undefined) return flagged === true;
  const isCounted = ([name]: readonly [string, unknown]) => counted.size === 0 || counted.has(name);
  if (threshold === undefined)
    return Object.entries(asObject(categories))
      .filter(isCounted)
      .some(([, is]) => is === true);
  return Object.entries(asObject(category_scores))
    .filter(isCounted)
    .some(([, score]) => (asNumber(score) ?? 0) >= threshold);
}
