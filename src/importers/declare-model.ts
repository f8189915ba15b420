import type { ModelDocument } from '#catalog';
import { canonicalJson, type JsonObject } from '#core';
import type { DeclaredProvider } from './declare-provider.ts';
import { addDocument, type Draft, note, safeWord } from './draft.ts';
import { uniqueName } from './names.ts';
import type { SourceNode } from './source-node.ts';

/** What a source says of a model; each field replaces what the catalogue knows. */
export interface ModelFacts {
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly cacheRead?: string | undefined;
  readonly cacheWrite?: string | undefined;
  readonly request?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly maxOutput?: number | undefined;
  readonly capabilities?: readonly string[] | undefined;
  /** The name of the same model in the catalogue's words, where the upstream name says nothing (a deployment). */
  readonly sameAs?: string | undefined;
}

/** The model of the policies for an upstream name: the built-in one where it says all, else a document of its own with what is known of the same model. */
export function declareModel(
  draft: Draft,
  provider: DeclaredProvider,
  upstream: string,
  facts: ModelFacts,
  node: SourceNode,
): string {
  const known =
    findBuiltIn(draft, provider.facts, upstream) ??
    (facts.sameAs === undefined
      ? undefined
      : (findBuiltIn(draft, provider.facts, facts.sameAs) ?? findAnywhere(draft, facts.sameAs)));
  const own = factsSpec(draft, facts);
  const isBuiltIn = provider.name === provider.facts && known?.spec.provider === provider.name;
  if (isBuiltIn && Object.keys(own).length === 0) return known.metadata.name;
  const name = isBuiltIn ? known.metadata.name : `${provider.name}/${safeWord(upstream)}`;
  const spec = isBuiltIn ? own : { provider: provider.name, upstreamName: upstream, ...copied(known), ...own };
  const key = `${name} ${canonicalJson(spec)}`;
  const before = draft.accesses.get(key);
  if (before !== undefined) return before;
  const taken = draft.names.get('Model') ?? new Set<string>();
  draft.names.set('Model', taken);
  const given = uniqueName(name.slice(0, 180), taken);
  draft.accesses.set(key, given);
  // A second document for a built-in name would override the first.
  addDocument(
    draft,
    'Model',
    given,
    {
      description: `Imported from ${draft.file}`,
      spec:
        given === name || !isBuiltIn
          ? spec
          : { provider: provider.name, upstreamName: known.spec.upstreamName, ...copied(known), ...own },
    },
    node,
  );
  if (spec.prices === undefined && !isBuiltIn) {
    note(
      draft,
      'needs-you',
      'price',
      node,
      `no price is known of model ${given}`,
      'Add `prices` to its document; until then budgets count what was held for it.',
    );
  }
  return given;
}

function findBuiltIn(draft: Draft, provider: string | null, upstream: string): ModelDocument | undefined {
  if (provider === null) return undefined;
  const named = draft.models.get(`${provider}/${upstream}`);
  if (named !== undefined) return named;
  for (const model of draft.models.values()) {
    if (model.spec.provider !== provider) continue;
    if (model.spec.upstreamName === upstream || model.spec.aliases?.includes(upstream)) return model;
  }
  return undefined;
}

function findAnywhere(draft: Draft, name: string): ModelDocument | undefined {
  const slash = name.indexOf('/');
  if (draft.models.has(name)) return draft.models.get(name);
  const bare = slash < 0 ? name : name.slice(slash + 1);
  return ['openai', 'anthropic', 'google']
    .map((provider) => findBuiltIn(draft, provider, bare))
    .find((each) => each !== undefined);
}

function copied(known: ModelDocument | undefined): JsonObject {
  if (known === undefined) return {};
  const { tier, contextWindow, maxOutput, capabilities, dimensions, prices } = known.spec;
  return {
    tier,
    ...(contextWindow !== undefined && { contextWindow }),
    ...(maxOutput !== undefined && { maxOutput }),
    ...(dimensions !== undefined && { dimensions }),
    capabilities,
    prices,
  };
}

function factsSpec(draft: Draft, facts: ModelFacts): Record<string, unknown> {
  const { input, output, cacheRead, cacheWrite, request } = facts;
  const row = Object.fromEntries(
    Object.entries({ input, cacheRead, cacheWrite, output, request }).filter(([, price]) => price !== undefined),
  );
  return {
    ...(facts.contextWindow !== undefined && { contextWindow: facts.contextWindow }),
    ...(facts.maxOutput !== undefined && { maxOutput: facts.maxOutput }),
    ...(facts.capabilities !== undefined && { capabilities: facts.capabilities }),
    ...(Object.keys(row).length > 0 && {
      prices: [{ from: draft.today, ...row, source: draft.file, readAt: draft.today }],
    }),
  };
}

/** A price per token as the price of a million, without the noise of binary fractions; undefined for what is no price. */
export function perMillion(perToken: number | undefined): string | undefined {
  return perToken === undefined ? undefined : decimal(perToken * 1_000_000);
}

/** A number as a decimal text; undefined when it is none that can be a price. */
export function decimal(value: number | undefined): string | undefined {
  if (value === undefined || !Number.isFinite(value) || value < 0 || value > 1e9) return undefined;
  const text = value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
  return text === '' ? '0' : text;
}
