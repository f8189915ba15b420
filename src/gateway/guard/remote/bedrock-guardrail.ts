import { asArray, asObject, asString, type JsonObject } from '#core';
import type { Verdict } from '#guardrails';
import { fetchJson } from './post-json.ts';
import type { RemoteQuestion } from './remote-question.ts';

/**
 * Asks a guardrail of Amazon Bedrock by ApplyGuardrail, at the address and by the login of a provider of the policies. Texts that it would mask count as found. Source:
 * docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html, read 2026-11.
 */
export async function askBedrockGuardrail(question: RemoteQuestion): Promise<Verdict> {
  const { parts, progress, stage, turns, settings } = question;
  const texts = turns.map(({ text }) => text).filter((text) => text.trim() !== '');
  if (texts.length === 0) return { kind: 'pass' };
  const name = String(settings.provider);
  const provider = progress.active.snapshot.providers.get(name);
  if (provider === undefined) throw new Error(`there is no provider ${name}`);
  const [id, version] = [settings.guardrailId, settings.guardrailVersion].map((each) =>
    encodeURIComponent(String(each)),
  );
  const url = `${provider.baseUrl}/guardrail/${id}/version/${version}/apply`;
  const body = JSON.stringify({
    source: stage === 'input' ? 'INPUT' : 'OUTPUT',
    content: texts.map((text) => ({ text: { text } })),
  });
  const headers = await parts.upstream.authorize(provider, { url, contentType: 'application/json', body });
  const answer = await fetchJson(url, { method: 'POST', headers, body }, question);
  const action = asString(answer.action);
  if (action === 'NONE') return { kind: 'pass' };
  if (action !== 'GUARDRAIL_INTERVENED') throw new Error('the answer’s `action` is none of the known');
  const counted = settings.categories === null ? null : new Set(asArray(settings.categories).map(String));
  const found = interventions(answer).filter((category) => counted === null || counted.has(category));
  if (counted !== null && found.length === 0) return { kind: 'pass' };
  return { kind: 'found', count: Math.max(1, found.length) };
}

/** Where each policy of a guardrail lists what it found, and what names it there. */
const LISTS: readonly (readonly [policy: string, list: string, name: string])[] = [
  ['topicPolicy', 'topics', 'name'],
  ['contentPolicy', 'filters', 'type'],
  ['wordPolicy', 'managedWordLists', 'type'],
  ['wordPolicy', 'customWords', ''],
  ['sensitiveInformationPolicy', 'piiEntities', 'type'],
  ['sensitiveInformationPolicy', 'regexes', 'name'],
  ['contextualGroundingPolicy', 'filters', 'type'],
];

/** What the guardrail acted on, each by its name: `VIOLENCE`, `EMAIL`, a topic; a word of one's own is `CUSTOM_WORD`, since it is the text itself. */
function interventions({ assessments }: JsonObject): readonly string[] {
  return asArray(assessments).flatMap((assessment) =>
    LISTS.flatMap(([policy, list, name]) =>
      asArray(asObject(asObject(assessment)[policy])[list])
        .map(asObject)
        .filter(({ action }) => action !== undefined && action !== 'NONE')
        .map((entry) => (name === '' ? 'CUSTOM_WORD' : (asString(entry[name]) ?? ''))),
    ),
  );
}
