import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadCatalog, type ModelDocument } from '#catalog';
import { requireSharedData } from '../support/skip.ts';
import { readPriceList } from './list-price.ts';

/** Ours → genai-prices' name of the provider. */
const providers: Readonly<Record<string, string>> = {
  openai: 'openai',
  'azure-openai': 'azure',
  anthropic: 'anthropic',
  google: 'google',
  mistral: 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  xai: 'x-ai',
  openrouter: 'openrouter',
  together: 'together',
  fireworks: 'fireworks',
  cerebras: 'cerebras',
  perplexity: 'perplexity',
  moonshot: 'moonshotai',
  zhipu: 'zhipuai',
};

/** The day of the list: later changes of price are not in it. */
const listDay = '2026-08-21';

const renewed = 'genai-prices 0.1.8 of 2026-09-23 has what the catalogue has';
const peakHours = 'dearer since 2026-08-17, and the peak hours hold (genai-prices 0.1.8 of 2026-09-23)';
const compatibleName = `an old name of deepseek-v4-flash (models.dev of 2026-07-02): ${peakHours}`;
const otherModel =
  'the list of 2026-08-21 takes it for an older model of the same family; that of 2026-09-23 has what the catalogue has';
const latest = 'the list still prices the model this name once meant; models.dev of 2026-07-02 names the present one';
const usd =
  'the list converts the lowest step of the CNY prices; the catalogue has the USD prices of Z.ai (models.dev of 2026-07-02)';

/** Catalogue name → why the list is not followed, with the date of the better source. */
const expectedDifferences: Readonly<Record<string, string>> = {
  'anthropic/claude-fable-5-1': otherModel,
  'anthropic/claude-opus-5-5': otherModel,
  'deepseek/deepseek-chat': compatibleName,
  'deepseek/deepseek-reasoner': compatibleName,
  'deepseek/deepseek-v4-flash': peakHours,
  'deepseek/deepseek-v4-pro': peakHours,
  'google/gemini-3.6-flash': `halved until 2027-01-01: ${renewed}`,
  'mistral/ministral-8b-2512': otherModel,
  'mistral/mistral-large-latest': latest,
  'mistral/mistral-medium-2604': otherModel,
  'mistral/mistral-medium-latest': `another model since 2026-06-16: ${renewed}`,
  'mistral/mistral-small-latest': latest,
  'openai/gpt-4o-2024-05-13': otherModel,
  'openai/gpt-5.6-luna': `cheaper since 2026-07-30: ${renewed}`,
  'openai/gpt-5.6-sol': `cheaper since 2026-08-21: ${renewed}`,
  'openai/gpt-5.6-terra': `cheaper since 2026-07-30: ${renewed}`,
  'together/meta-llama/Meta-Llama-3-8B-Instruct-Lite': 'models.dev of 2026-07-02 has the dearer price',
  'xai/grok-4.5': renewed,
  'zhipu/glm-4.5-air': usd,
  'zhipu/glm-4.7': usd,
  'zhipu/glm-4.7-flashx': usd,
  'zhipu/glm-5': usd,
  'zhipu/glm-5.1': usd,
  'zhipu/glm-5.2': usd,
};

it('agree with the price list of 2026-08-21, but for differences that have a reason', (t) => {
  const folder = requireSharedData(t, 'prices/genai-prices');
  if (folder === undefined) return;
  const priceOf = readPriceList(folder);
  const found: string[] = [];
  const unexplained: string[] = [];
  let compared = 0;

  for (const model of loadCatalog().models) {
    const provider = providers[model.spec.provider];
    const name = model.spec.upstreamName.replace(/^accounts\/fireworks\/models\//, '');
    const listed = provider === undefined ? undefined : priceOf(provider, name, listDay);
    if (listed === undefined) continue;
    compared += 1;
    const differences = differencesFrom(listed, model);
    if (differences.length === 0) continue;
    found.push(model.metadata.name);
    const line = `${model.metadata.name}: ${differences.join(', ')}`;
    const reason = expectedDifferences[model.metadata.name];
    if (reason === undefined) unexplained.push(line);
    else t.diagnostic(`${line}; ${reason}`);
  }

  t.diagnostic(
    `${compared} models compared, ${compared - found.length} agree, ${found.length} differ for a stated reason`,
  );
  assert.ok(compared > 120, `only ${compared} models were compared`);
  assert.equal(unexplained.join('\n'), '');
  const stale = Object.keys(expectedDifferences).filter((name) => !found.includes(name));
  assert.deepEqual(stale, [], 'these no longer differ: remove them from the list');
});

function differencesFrom(listed: Readonly<Record<string, number>>, { spec }: ModelDocument): readonly string[] {
  const row = spec.prices.findLast((candidate) => candidate.from <= listDay) ?? spec.prices[0];
  const ours: Readonly<Record<string, unknown>> = { ...row };
  const isSilent = spec.capabilities.includes('embeddings');
  return Object.entries(listed)
    .filter(([name]) => !(isSilent && name === 'output'))
    .filter(([name, amount]) => ours[name] === undefined || Math.abs(Number(ours[name]) - amount) > 1e-6)
    .map(([name, amount]) => `${name} ${ours[name] ?? 'absent'}, listed ${amount}`);
}
