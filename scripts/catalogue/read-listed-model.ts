import type { ListedModel } from '#catalog';
import { asArray, asNumber, asObject, asString, type Capability, type JsonObject } from '#core';

/** The input prices (USD per million tokens) from which a model counts as standard and as frontier: the list has no tiers of quality. */
const STANDARD_FROM = 0.3;
const FRONTIER_FROM = 2;

/** An entry of the list as our data has it; null for one that is no chat model, or lacks a price or a limit: it could not be budgeted. Pure. */
export function readListedModel(entry: JsonObject): ListedModel | null {
  const name = asString(entry.id);
  const contextWindow = asNumber(entry.contextWindow);
  const maxOutput = asNumber(entry.maxTokens);
  const cost = asObject(entry.cost);
  const input = asNumber(cost.input) ?? 0;
  const output = asNumber(cost.output) ?? 0;
  if (name === undefined || entry.kind !== undefined || !(input > 0 && output > 0)) return null;
  if (!contextWindow || !maxOutput) return null;
  const prices = pricesOf(cost);
  const tier = tierOf(asObject(cost.longContext), prices);
  return {
    name,
    contextWindow,
    maxOutput: Math.min(maxOutput, contextWindow),
    tier: input >= FRONTIER_FROM ? 'frontier' : input >= STANDARD_FROM ? 'standard' : 'small',
    capabilities: capabilitiesOf(entry, prices),
    ...prices,
    ...(tier && { tiers: [tier] }),
  };
}

type Prices = Pick<ListedModel, 'input' | 'cacheRead' | 'cacheWrite' | 'output'>;

/** The list writes 0 where it knows no price of a cache. */
function pricesOf(cost: JsonObject): Prices {
  const prices: Record<string, string> = {};
  for (const key of ['input', 'cacheRead', 'cacheWrite', 'output']) {
    const amount = asNumber(cost[key]) ?? 0;
    if (amount > 0) prices[key] = decimal(amount);
  }
  return prices;
}

function tierOf(cost: JsonObject, base: Prices): NonNullable<ListedModel['tiers']>[number] | null {
  const aboveInputTokens = asNumber(cost.inputThreshold);
  const prices = pricesOf(cost);
  if (aboveInputTokens === undefined || !(Number(prices.input) > Number(base.input))) return null;
  return { aboveInputTokens, ...prices };
}

/** Whole micro-dollars, as sums are kept; rounded up, so that a budget is never overrun. */
function decimal(amount: number): string {
  return (Math.ceil(Number((amount * 1e6).toFixed(3))) / 1e6).toFixed(6).replace(/(\.\d\d\d*?)0+$/, '$1');
}

/** Only what the list states: whether answers can be held to JSON it does not say. It names tools where a model has none. */
function capabilitiesOf(entry: JsonObject, prices: Prices): readonly Capability[] {
  const capabilities: Capability[] = entry.supportsTools === false ? [] : ['tools'];
  if (asArray(entry.input).includes('image')) capabilities.push('vision');
  if (entry.reasoning === true) capabilities.push('reasoning');
  capabilities.push('streaming', 'system');
  if (prices.cacheRead !== undefined) capabilities.push('prompt-cache');
  return capabilities;
}
