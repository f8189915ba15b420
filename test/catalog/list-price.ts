import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '#core';

/** USD per million tokens of one model on one day, by the catalogue's names of the classes; long prompts left out. */
export type ListPrice = Readonly<Record<string, number>>;

const classes = [
  ['input', 'input_mtok'],
  ['cacheRead', 'cache_read_mtok'],
  ['cacheWrite', 'cache_write_mtok'],
  ['output', 'output_mtok'],
  ['audioInput', 'input_audio_mtok'],
  ['audioOutput', 'output_audio_mtok'],
] as const;

/** Reads genai-prices' data into a look-up by its provider id, the provider's model name and the day (ISO date). */
export function readPriceList(folder: string): (provider: string, model: string, day: string) => ListPrice | undefined {
  const text = gunzipSync(readFileSync(join(folder, 'data.json.gz'))).toString('utf8');
  const providers = asArray(JSON.parse(text)).map(asObject);
  return (providerId, name, day) => {
    const provider = providers.find((candidate) => candidate.id === providerId);
    const model = asArray(provider?.models)
      .map(asObject)
      .find((candidate) => fits(asObject(candidate.match), name));
    return model && priceOn(model, day);
  };
}

/** The last price whose first day has come, as the list's own calculator picks it; undefined when the list names no token price. */
function priceOn(model: JsonObject, day: string): ListPrice | undefined {
  const rows = Array.isArray(model.prices) ? model.prices.map(asObject) : [{ prices: model.prices }];
  const row = rows.findLast((candidate) => {
    const constraint = 'constraint' in candidate ? asObject(candidate.constraint) : undefined;
    return constraint === undefined || (asString(constraint.start_date) ?? '9999') <= day;
  });
  const prices = asObject(row?.prices);
  const price: Record<string, number> = {};
  for (const [ours, theirs] of classes) {
    const value = prices[theirs];
    const amount = asNumber(isObject(value) ? value.base : value);
    if (amount !== undefined) price[ours] = amount;
  }
  return Object.keys(price).length > 0 ? price : undefined;
}

function fits(rule: JsonObject, name: string): boolean {
  const [[operator, operand] = ['', undefined]] = Object.entries(rule);
  const wanted = asString(operand)?.toLowerCase() ?? '';
  const lower = name.toLowerCase();
  switch (operator) {
    case 'or':
      return asArray(operand).some((part) => fits(asObject(part), name));
    case 'and':
      return asArray(operand).every((part) => fits(asObject(part), name));
    case 'equals':
      return lower === wanted;
    case 'starts_with':
      return lower.startsWith(wanted);
    case 'ends_with':
      return lower.endsWith(wanted);
    case 'contains':
      return lower.includes(wanted);
    case 'regex':
      return new RegExp(wanted).test(lower);
    default:
      throw new Error(`the price list has a match rule this reader does not know: ${operator}`);
  }
}
