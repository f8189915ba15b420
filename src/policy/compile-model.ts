import { TOKEN_CLASSES, type TokenClass } from '#core';
import type { Model, ModelSpec, Price, PriceSpec } from '#snapshot';
import { decimalToMicroUsd, toInstant } from './compile-quantities.ts';

const TIERS: Readonly<Record<'small' | 'standard' | 'frontier', number>> = { small: 1, standard: 2, frontier: 3 };

/** A model whose `provider` is given, by its document or the catalogue. Pure. */
export function compileModel(name: string, spec: ModelSpec & Required<Pick<ModelSpec, 'provider'>>): Model {
  const { tier } = spec;
  const withoutProvider = name.startsWith(`${spec.provider}/`) ? name.slice(spec.provider.length + 1) : name;
  return {
    name,
    provider: spec.provider,
    upstreamName: spec.upstreamName ?? withoutProvider,
    aliases: spec.aliases ?? [],
    tier: typeof tier === 'string' ? TIERS[tier] : (tier ?? null),
    contextWindow: spec.contextWindow ?? null,
    maxOutput: spec.maxOutput ?? null,
    capabilities: spec.capabilities ? new Set(spec.capabilities) : null,
    retiresAt: spec.retiresAt ?? null,
    prices: (spec.prices ?? []).map(compilePrice).sort((a, b) => a.fromMs - b.fromMs),
  };
}

/** USD per million tokens as micro-USD per million tokens: the same digits, six places to the left, no rounding on the way to a cost. */
function compilePrice(row: PriceSpec): Price {
  const perMillion = compileClasses(row);
  return {
    fromMs: toInstant(row.from),
    perMillion,
    tiers: (row.tiers ?? [])
      .map((tier) => ({
        aboveInputTokens: tier.aboveInputTokens,
        perMillion: compileClasses(tier, perMillion),
      }))
      .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens),
    imageMicroUsd: priceOf(row.image),
    requestMicroUsd: priceOf(row.request),
    source: row.source ?? '',
    readAt: row.readAt ?? null,
  };
}

type Classes = Readonly<Record<TokenClass, number | null>>;

function compileClasses(named: { readonly [Name in TokenClass]?: string }, base?: Classes): Classes {
  const classes = TOKEN_CLASSES.map((name) => [name, priceOf(named[name]) ?? base?.[name] ?? null]);
  return Object.fromEntries(classes) as Record<TokenClass, number | null>;
}

function priceOf(text: string | undefined): number | null {
  return text === undefined ? null : decimalToMicroUsd(text);
}
