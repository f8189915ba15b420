import type { ModelDocument, PriceRow } from './documents.ts';

/** What `scripts/refresh-catalogue.ts` writes for a provider: the models that a published list of models names and no YAML file does. */
export interface ListedFile {
  /** Where the facts and prices were read. */
  readonly source: string;
  /** The day of that edition (ISO date): from it the prices hold, and on it they were read. */
  readonly readAt: string;
  readonly models: readonly ListedModel[];
}

/** One model on one line; prices as in a price row. */
export interface ListedModel extends Pick<PriceRow, 'input' | 'cacheRead' | 'cacheWrite' | 'output' | 'tiers'> {
  /** The provider's name of the model; the catalogue's is `provider/name`. */
  readonly name: string;
  readonly contextWindow: number;
  readonly maxOutput: number;
  readonly tier: ModelDocument['spec']['tier'];
  readonly capabilities: ModelDocument['spec']['capabilities'];
}

/** The line of a listed file on which its first model stands. */
export const FIRST_LISTED_LINE = 2;

/** The documents that a listed file stands for. Without aliases: a short name leads to a model of the YAML files alone. Pure. */
export function expandListed(provider: string, { source, readAt, models }: ListedFile): readonly ModelDocument[] {
  return models.map(({ name, contextWindow, maxOutput, tier, capabilities, ...prices }) => ({
    apiVersion: 'signalbox/v1',
    kind: 'Model',
    metadata: { name: `${provider}/${name}` },
    spec: {
      provider,
      upstreamName: name,
      tier,
      contextWindow,
      maxOutput,
      capabilities,
      prices: [{ from: readAt, ...prices, source, readAt }],
    },
  }));
}
