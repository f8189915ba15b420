import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { asArray, asNumber, asObject, asString, type JsonObject, NO_USAGE, type Usage } from '#core';
import { costOf, priceAt, resolveModel } from '#decision';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { requireSharedData } from '../support/skip.ts';

/** genai-prices' name of the provider → ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  azure: 'azure-openai',
  google: 'google',
  groq: 'groq',
  mistral: 'mistral',
  openrouter: 'openrouter',
  cerebras: 'cerebras',
  zhipuai: 'zhipu',
};

/** The day of the data: later changes of price are not in it. */
const AT_MS = Date.parse('2026-08-21T12:00:00Z');

const CACHED_AUDIO = 'cached audio';

/** Our model → why its costs differ, with the date of the better source; prices.test.ts says the same of the prices themselves. */
const REASONS: Readonly<Record<string, string>> = {
  [CACHED_AUDIO]: 'a cached token has one price in our classes, in genai-prices of 2026-08-21 audio has its own',
  'google/gemini-2.5-flash-image':
    'its output is images at 30 USD; the data counts it as text (models.dev of 2026-07-02)',
  'mistral/mistral-large-latest': 'the data prices the model this name once meant (models.dev of 2026-07-02)',
  'mistral/mistral-medium-latest': 'another model since 2026-06-16 (genai-prices 0.1.8 of 2026-09-23)',
  'openai/gpt-5.6-sol': 'cheaper since 2026-08-21 (genai-prices 0.1.8 of 2026-09-23)',
  'openrouter/qwen/qwen3-32b': 'cheaper in @oh-my-pi/pi-catalog 18.2.11 of 2026-09-23',
  'zhipu/glm-4.7': 'the data converts CNY prices; the catalogue has the USD prices of Z.ai (models.dev of 2026-07-02)',
};

it('real usage objects cost what genai-prices of 2026-08-21 charges, to the micro-dollar, or differ for a dated reason', (t) => {
  const folder = requireSharedData(t, 'prices/genai-prices');
  if (folder === undefined) return;
  const snapshot = compileInlineSnapshot('kind: Route\nmetadata: { name: all }\nspec: { match: {} }\n');
  const unexplained = new Set<string>();
  const used = new Set<string>();
  const counts = { compared: 0, equal: 0, explained: 0, unknown: 0 };
  for (const { provider, name, usage, listed, hasCachedAudio } of listedCosts(folder)) {
    const model = resolveModel(snapshot, `${provider}/${name}`) ?? null;
    const price = priceAt(model, AT_MS);
    if (model === null || price === null) {
      counts.unknown += 1;
      continue;
    }
    counts.compared += 1;
    const ours = costOf(usage, price);
    if (Math.abs(ours - listed) <= 0.5 + 1e-6) {
      counts.equal += 1;
      continue;
    }
    const reason = hasCachedAudio ? CACHED_AUDIO : model.name;
    if (REASONS[reason] === undefined) {
      unexplained.add(`${model.name}: ${ours}, listed ${listed}, ${JSON.stringify(usage)}`);
    } else {
      counts.explained += 1;
      used.add(reason);
    }
  }
  t.diagnostic(
    `${counts.compared} costs compared, ${counts.equal} equal (${((100 * counts.equal) / counts.compared).toFixed(1)} %), ` +
      `${counts.explained} differ for a stated reason, ${counts.unknown} of models the catalogue does not know`,
  );
  for (const name of used) t.diagnostic(`${name}: ${REASONS[name]}`);
  assert.ok(counts.compared > 300, `${counts.compared} compared`);
  assert.deepEqual([...unexplained], []);
  assert.deepEqual(
    Object.keys(REASONS).filter((name) => !used.has(name)),
    [],
    'these no longer differ',
  );
});

interface ListedCost {
  readonly provider: string;
  readonly name: string;
  readonly usage: Usage;
  /** Micro-dollars, as the data has them. */
  readonly listed: number;
  readonly hasCachedAudio: boolean;
}

function listedCosts(folder: string): readonly ListedCost[] {
  const text = gunzipSync(readFileSync(join(folder, 'usages_half.json.gz'))).toString('utf8');
  return asArray(JSON.parse(text))
    .map(asObject)
    .flatMap((entry) => asArray(entry.extracted).map((extracted) => ({ entry, extracted: asObject(extracted) })))
    .flatMap(({ entry, extracted }) =>
      asArray(extracted.extractors)
        .map(asObject)
        .flatMap((extractor) => {
          const provider = PROVIDERS[asString(extractor.provider_id) ?? ''];
          const name = asString(entry.model)?.replace(/^models\//, '');
          if (provider === undefined || name === undefined || extractor.input_price === undefined) return [];
          const listed = (Number(extractor.input_price) + Number(extractor.output_price)) * 1e6;
          const counted = asObject(extracted.usage);
          const hasCachedAudio = counted.cache_audio_read_tokens !== undefined;
          return [{ provider, name, usage: disjoint(counted), listed, hasCachedAudio }];
        }),
    );
}

/** Their counts overlap: cached, written and audio tokens are input tokens, cached audio is both, reasoning tokens are output tokens. */
function disjoint(usage: JsonObject): Usage {
  const of = (name: string): number => asNumber(usage[name]) ?? 0;
  const [cacheRead, cacheWrite] = [of('cache_read_tokens'), of('cache_write_tokens')];
  const audioInput = of('input_audio_tokens') - of('cache_audio_read_tokens');
  const reasoning = of('output_reasoning_tokens');
  return {
    ...NO_USAGE,
    input: of('input_tokens') - cacheRead - cacheWrite - audioInput,
    cacheRead,
    cacheWrite,
    audioInput,
    output: of('output_tokens') - reasoning,
    reasoning,
  };
}
