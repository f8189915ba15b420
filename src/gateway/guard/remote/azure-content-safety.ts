import { asArray, asNumber, asObject, asString } from '#core';
import type { Verdict } from '#guardrails';
import { postJson } from './post-json.ts';
import type { RemoteQuestion } from './remote-question.ts';
import { secretOf } from './secret-of.ts';

// learn.microsoft.com/azure/ai-services/content-safety: text:analyze, 2024-09-01, read 2026-11: at most 10,000 code points a call; severities 0 to 7.
const VERSION = '2024-09-01';
const MAX_UNITS = 9000;
const HIGHEST = 7;
const DEFAULT_THRESHOLD = 4 / HIGHEST;

/** Azure’s judgement of every text; severities of 0 to 7 are held against the threshold as shares of 7, medium by default. */
export async function askAzureContentSafety(question: RemoteQuestion): Promise<Verdict> {
  const { parts, turns, settings } = question;
  const key = secretOf(parts.secrets, settings.secret);
  const url = `${String(settings.url).replace(/\/$/, '')}/contentsafety/text:analyze?api-version=${VERSION}`;
  const categories = asArray(settings.categories);
  const limit = (asNumber(settings.threshold) ?? DEFAULT_THRESHOLD) * HIGHEST;
  const pieces = cut(turns.map(({ text }) => text).join('\n'));
  const answers = await Promise.all(
    pieces.map((text) =>
      postJson(
        url,
        JSON.stringify({ text, outputType: 'EightSeverityLevels', ...(categories.length === 0 ? {} : { categories }) }),
        key === null ? {} : { 'ocp-apim-subscription-key': key },
        question,
      ),
    ),
  );
  const found = new Set<string>();
  for (const { categoriesAnalysis } of answers) {
    if (!Array.isArray(categoriesAnalysis)) throw new Error('the answer holds no `categoriesAnalysis`');
    for (const entry of categoriesAnalysis) {
      const { category, severity } = asObject(entry);
      if ((asNumber(severity) ?? 0) >= limit) found.add(asString(category) ?? '');
    }
  }
  return found.size === 0 ? { kind: 'pass' } : { kind: 'found', count: found.size };
}

/** Pieces that overlap, so that nothing is hidden in a seam. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; from += MAX_UNITS - 500) pieces.push(text.slice(from, from + MAX_UNITS));
  return pieces;
}
